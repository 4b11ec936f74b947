package io.tombolo.operation;

import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A socket that sends one request after the other, for what no stock client does. */
final class WireClient implements AutoCloseable {

    private static final int WAIT_MS_MAX = 45_000;

    private final Socket socket;
    private final DataInputStream in;

    WireClient(int port) {
        this(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * @param address host:port
     */
    WireClient(String address) {
        this(
                InetAddress.ofLiteral(address.substring(0, address.indexOf(':'))),
                Integer.parseInt(address.substring(address.indexOf(':') + 1)));
    }

    WireClient(InetAddress host, int port) {
        try {
            socket = new Socket(host, port);
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(WAIT_MS_MAX);
            in = new DataInputStream(socket.getInputStream());
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Sends a request and waits for its response, which is of type {@code R}. */
    @SuppressWarnings("unchecked")
    <R extends ApiMessage> R call(ApiMessage request, int version) {
        send(request, version);
        return (R) receive(request.apiKey(), (short) version);
    }

    void send(ApiMessage request, int version) {
        var type = ApiMessageType.fromApiKey(request.apiKey());
        short headerVersion = type.requestHeaderVersion((short) version);
        var header =
                new RequestHeaderData()
                        .setRequestApiKey(request.apiKey())
                        .setRequestApiVersion((short) version)
                        .setClientId("operation");
        var cache = new ObjectSerializationCache();
        int bytes = header.size(cache, headerVersion) + request.size(cache, (short) version);
        var frame = ByteBuffer.allocate(4 + bytes).putInt(bytes);
        header.write(new ByteBufferAccessor(frame), cache, headerVersion);
        request.write(new ByteBufferAccessor(frame), cache, (short) version);
        try {
            socket.getOutputStream().write(frame.array());
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    private ApiMessage receive(short apiKey, short version) {
        var type = ApiMessageType.fromApiKey(apiKey);
        try {
            var bytes = new byte[in.readInt()];
            in.readFully(bytes);
            var body = new ByteBufferAccessor(ByteBuffer.wrap(bytes));
            var header = new ResponseHeaderData(body, type.responseHeaderVersion(version));
            ApiMessage response = type.newResponse();
            response.read(body, version);
            return header.correlationId() == 0 ? response : type.newResponse();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
