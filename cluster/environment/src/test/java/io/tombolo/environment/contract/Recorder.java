package io.tombolo.environment.contract;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Frame;
import io.tombolo.environment.Payload;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiConsumer;

/** Writes down what a connection's owner hears; readable from any thread. */
public final class Recorder implements ConnectionHandler {

    private final List<String> frames = Collections.synchronizedList(new ArrayList<>());
    private final BiConsumer<Connection, byte[]> onFrame;
    private volatile Connection connection;
    private volatile CloseReason closed;
    private volatile int openedCount;
    private volatile int closedCount;
    private volatile boolean offLoop;

    public Recorder() {
        this((connection, content) -> {});
    }

    /** Also answers frames in some way. */
    public Recorder(BiConsumer<Connection, byte[]> onFrame) {
        this.onFrame = onFrame;
    }

    @Override
    public void opened(Connection newConnection) {
        openedCount++;
        connection = newConnection;
        offLoop |= !newConnection.loop().inLoop();
    }

    @Override
    public void received(Frame frame) {
        var content = new byte[frame.bytes().remaining()];
        frame.bytes().duplicate().get(content);
        frame.release();
        offLoop |= closedCount > 0 || !connection.loop().inLoop();
        frames.add(
                content.length > 64
                        ? content.length + " bytes"
                        : new String(content, StandardCharsets.US_ASCII));
        onFrame.accept(connection, content);
    }

    @Override
    public void closed(CloseReason reason) {
        closedCount++;
        closed = reason;
    }

    public Connection connection() {
        return connection;
    }

    public boolean isOpen() {
        return openedCount > 0;
    }

    public boolean isClosed() {
        return closedCount > 0;
    }

    public CloseReason closed() {
        return closed;
    }

    public int openedCount() {
        return openedCount;
    }

    public int closedCount() {
        return closedCount;
    }

    public List<String> frames() {
        synchronized (frames) {
            return List.copyOf(frames);
        }
    }

    public int frameCount() {
        return frames.size();
    }

    /** Whether anything was heard on another thread than the loop's, or after the close. */
    public boolean heardOutOfPlace() {
        return offLoop;
    }

    /** A frame in memory. */
    public static List<Payload> frame(String text) {
        return frame(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** A frame in memory. */
    public static List<Payload> frame(byte[] content) {
        return List.of(new Payload.Memory(ByteBuffer.wrap(content)));
    }
}
