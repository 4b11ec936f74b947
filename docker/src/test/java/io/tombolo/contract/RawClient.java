package io.tombolo.contract;

import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Message;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A plain socket that speaks frames: any API in any version, pipelined if wanted, and bytes that no
 * client would send. Requests are answered in their order; every wait is bounded.
 */
final class RawClient implements AutoCloseable {

    static final String CLIENT_ID = "twin";
    private static final int WAIT_MS_MAX = 60_000;
    private static final int CONNECT_MS_MAX = 10_000;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Deque<Awaited> awaited = new ArrayDeque<>();
    private int nextCorrelationId = 1;
    private String clientId = CLIENT_ID;

    private RawClient(Socket socket) throws IOException {
        this.socket = socket;
        in = new DataInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    static RawClient connect(int port) {
        return connect(InetAddress.getLoopbackAddress().getHostAddress(), port);
    }

    static RawClient connect(String host, int port) {
        var socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            socket.setSoTimeout(WAIT_MS_MAX);
            socket.connect(new InetSocketAddress(host, port), CONNECT_MS_MAX);
            return new RawClient(socket);
        } catch (IOException refused) {
            throw new UncheckedIOException(refused);
        }
    }

    /** Calls itself something else from now on. */
    RawClient named(String name) {
        clientId = name;
        return this;
    }

    /** Sends one request and waits for its response. */
    <R extends ApiMessage> R call(ApiMessage request, int version) {
        send(request, version);
        return receive();
    }

    /** Sends without waiting; {@link #receive} fetches the responses in the order of sending. */
    void send(ApiMessage request, int version) {
        awaited.add(new Awaited(request.apiKey(), (short) version, nextCorrelationId));
        sendSilently(request, version);
    }

    /** Sends a request that has no response. */
    void sendSilently(ApiMessage request, int version) {
        short headerVersion =
                ApiMessageType.fromApiKey(request.apiKey()).requestHeaderVersion((short) version);
        var header = header(request, (short) version, nextCorrelationId++).setClientId(clientId);
        sendFrame(frame(header, headerVersion, request, (short) version));
    }

    /** The next response; it must be that of the oldest request still waiting. */
    @SuppressWarnings("unchecked")
    <R extends ApiMessage> R receive() {
        Awaited next = awaited.remove();
        var type = ApiMessageType.fromApiKey(next.apiKey());
        var body = new ByteBufferAccessor(receiveFrame());
        var header = new ResponseHeaderData(body, type.responseHeaderVersion(next.version()));
        if (header.correlationId() != next.correlationId()) {
            throw new AssertionError(
                    "response to %d where that to %d was due"
                            .formatted(header.correlationId(), next.correlationId()));
        }
        ApiMessage response = type.newResponse();
        response.read(body, next.version());
        if (body.remaining() != 0) {
            throw new AssertionError(body.remaining() + " bytes after " + response);
        }
        return (R) response;
    }

    /** Sends one frame; its length is written in front of it. */
    void sendFrame(ByteBuffer frame) {
        var bytes = ByteBuffer.allocate(4 + frame.remaining());
        bytes.putInt(frame.remaining()).put(frame.duplicate());
        sendBytes(bytes.array());
    }

    /** Sends bytes as they are. A peer that has hung up already is for the reader to notice. */
    void sendBytes(byte... bytes) {
        try {
            out.write(bytes);
            out.flush();
        } catch (SocketException gone) {
            // reading will tell
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** The next frame without its length. */
    ByteBuffer receiveFrame() {
        try {
            var frame = new byte[in.readInt()];
            in.readFully(frame);
            return ByteBuffer.wrap(frame);
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Whether the broker hangs up now without having sent anything more. */
    boolean isClosedByPeer() {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException reset) {
            return true;
        } catch (IOException silent) {
            return false;
        }
    }

    /** Tells the broker that nothing more will come. */
    void finishSending() {
        try {
            socket.shutdownOutput();
        } catch (IOException alreadyGone) {
            // the broker was quicker
        }
    }

    /** Reads until the broker hangs up; whatever it answers before that is dropped. */
    void drain() {
        var chunk = new byte[1 << 12];
        try {
            while (in.read(chunk) >= 0) {}
        } catch (SocketException reset) {
            // as good as an end
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Header and body of a request as one frame, its length left out. */
    static ByteBuffer frame(ApiMessage request, short version, int correlationId) {
        short headerVersion =
                ApiMessageType.fromApiKey(request.apiKey()).requestHeaderVersion(version);
        return frame(header(request, version, correlationId), headerVersion, request, version);
    }

    static RequestHeaderData header(ApiMessage request, short version, int correlationId) {
        return new RequestHeaderData()
                .setRequestApiKey(request.apiKey())
                .setRequestApiVersion(version)
                .setCorrelationId(correlationId)
                .setClientId(CLIENT_ID);
    }

    static ByteBuffer frame(
            RequestHeaderData header, short headerVersion, Message body, short version) {
        var cache = new ObjectSerializationCache();
        int headerBytes = header.size(cache, headerVersion);
        var bytes = ByteBuffer.allocate(headerBytes + body.size(cache, version));
        var writer = new ByteBufferAccessor(bytes);
        header.write(writer, cache, headerVersion);
        body.write(writer, cache, version);
        return bytes.flip();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException alreadyGone) {
            throw new UncheckedIOException(alreadyGone);
        }
    }

    private record Awaited(short apiKey, short version, int correlationId) {}
}
