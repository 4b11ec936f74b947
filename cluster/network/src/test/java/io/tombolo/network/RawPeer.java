package io.tombolo.network;

import io.tombolo.environment.Endpoint;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;

/** A client that writes what it likes, frame or not. */
final class RawPeer implements AutoCloseable {

    private final Socket socket;

    RawPeer(Endpoint address) throws IOException {
        socket = new Socket(address.host(), address.port());
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
    }

    /** Announces a frame without sending it. */
    void announce(int size) throws IOException {
        write(ByteBuffer.allocate(4).putInt(size).array());
    }

    void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /** A whole frame of zeros. */
    void frame(int size) throws IOException {
        write(ByteBuffer.allocate(4 + size).putInt(size).array());
    }

    /** Whether the other side has closed; waits for it. */
    boolean isClosedByPeer() {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketTimeoutException open) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Reads up to the end of this text. */
    void readThrough(String end) throws IOException {
        var seen = new StringBuilder();
        while (seen.indexOf(end) < 0) {
            int next = socket.getInputStream().read();
            if (next < 0) {
                throw new EOFException("only this came: " + seen);
            }
            seen.append((char) next);
        }
    }

    byte[] readFrame() throws IOException {
        var input = new DataInputStream(socket.getInputStream());
        var frame = new byte[input.readInt()];
        input.readFully(frame);
        return frame;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
