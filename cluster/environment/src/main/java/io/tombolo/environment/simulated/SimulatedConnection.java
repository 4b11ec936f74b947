package io.tombolo.environment.simulated;

import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Payload;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One end of a connection, owned by one loop of one process. */
final class SimulatedConnection implements Connection {

    private final long id;
    private final SimulatedNetwork fabric;
    private final SimulatedLoop loop;
    private final Endpoint local;
    private final Endpoint remote;
    private final FrameLimits limits;
    private final List<List<Payload>> unflushed = new ArrayList<>();
    private @Nullable ConnectionHandler handler;
    private @Nullable Wire out;
    private @Nullable Wire in;
    private boolean closed;
    private boolean paused;
    private boolean overfull;
    private long unflushedBytes;
    private long lastTrafficNanos;

    SimulatedConnection(
            long id,
            SimulatedNetwork fabric,
            SimulatedLoop loop,
            Endpoint local,
            Endpoint remote,
            FrameLimits limits) {
        this.id = id;
        this.fabric = fabric;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        this.limits = limits;
        this.lastTrafficNanos = fabric.simulator().nowNanos();
    }

    void handledBy(ConnectionHandler newHandler) {
        handler = newHandler;
    }

    void join(Wire newOut, Wire newIn) {
        out = newOut;
        in = newIn;
    }

    @Override
    public long id() {
        return id;
    }

    @Override
    public EventLoop loop() {
        return loop;
    }

    @Override
    public Endpoint remote() {
        return remote;
    }

    @Override
    public Endpoint local() {
        return local;
    }

    @Override
    public void send(List<Payload> frame) {
        checkOwner();
        if (gone() || out == null) {
            frame.forEach(Payload::release);
            return;
        }
        if (unflushed.isEmpty()) {
            fabric.simulator().atEndOfTurn(this::flush);
        }
        unflushed.add(frame);
        unflushedBytes += lengthOf(frame);
        updateOverfull();
    }

    private void flush() {
        if (gone() || out == null) {
            return;
        }
        lastTrafficNanos = fabric.simulator().nowNanos();
        for (List<Payload> frame : List.copyOf(unflushed)) {
            byte[] content = bytesOf(frame);
            frame.forEach(Payload::release);
            fabric.simulator()
                    .trace()
                    .add(
                            lastTrafficNanos,
                            host(),
                            "send",
                            id,
                            Trace.sumOf(ByteBuffer.wrap(content)));
            out.frame(content);
        }
        unflushed.clear();
        unflushedBytes = 0;
        updateOverfull();
    }

    private static int lengthOf(List<Payload> frame) {
        int sum = 0;
        for (Payload part : frame) {
            sum = Math.addExact(sum, part.length());
        }
        return sum;
    }

    private static byte[] bytesOf(List<Payload> frame) {
        var together = ByteBuffer.allocate(lengthOf(frame));
        try {
            for (Payload part : frame) {
                together.put(part.read(0, part.length()));
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return together.array();
    }

    @Override
    public void pauseReading() {
        checkOwner();
        paused = true;
    }

    @Override
    public void resumeReading() {
        checkOwner();
        paused = false;
        pumpIn();
    }

    @Override
    public long queuedBytes() {
        return unflushedBytes + (out == null ? 0 : out.queuedBytes());
    }

    @Override
    public void close(CloseReason reason) {
        checkOwner();
        if (gone()) {
            return;
        }
        ended();
        if (out != null) {
            out.end();
        }
        loop.execute(() -> tell(reason));
    }

    private void ended() {
        closed = true;
        for (List<Payload> frame : unflushed) {
            frame.forEach(Payload::release);
        }
        unflushed.clear();
        unflushedBytes = 0;
        if (in != null) {
            in.clear();
        }
        fabric.forget(this);
    }

    private void tell(CloseReason reason) {
        if (handler != null) {
            handler.closed(reason);
        }
    }

    /** The way to the other end exists; the handler hears of it on its loop. */
    void onOpened() {
        watchIdle();
        pumpIn();
        if (handler != null) {
            handler.opened(this);
        }
    }

    void onFrame(byte[] content) {
        lastTrafficNanos = fabric.simulator().nowNanos();
        if (content.length > limits.frameBytesMax()) {
            close(
                    new CloseReason(
                            CloseReason.Kind.FRAME_SIZE,
                            "a frame of %d bytes; at most %d are taken"
                                    .formatted(content.length, limits.frameBytesMax())));
        } else if (handler != null) {
            process().frameDelivered();
            handler.received(new SimulatedFrame(content, process()));
        }
    }

    /** The other end has closed, or the connection broke; called on the loop. */
    void onEnd(String detail) {
        if (!gone()) {
            ended();
            tell(new CloseReason(CloseReason.Kind.PEER, detail));
        }
    }

    /** The other end knows nothing of this connection: it has been started again. */
    void refused() {
        breakOff("reset by the other side");
    }

    /** Breaks the connection at this end, as a reset does. */
    void breakOff(String detail) {
        if (!gone()) {
            loop.execute(() -> onEnd(detail));
        }
    }

    /** Breaks the connection at this end; what this end has sent arrives all the same. */
    void hangUp(String detail) {
        if (!gone()) {
            if (in != null) {
                in.clear();
            }
            if (out != null) {
                out.end();
            }
            breakOff(detail);
        }
    }

    /** The connection could not be opened. */
    void unreachable(String detail) {
        if (!gone()) {
            closed = true;
            fabric.forget(this);
            loop.execute(() ->
                    tell(new CloseReason(CloseReason.Kind.UNREACHABLE, remote + ": " + detail)));
        }
    }

    /** The process is gone and its kernel says so to the other end. */
    void orphaned() {
        if (out != null) {
            out.end();
        }
        if (in != null) {
            in.pump();
        }
    }

    void onDrained() {
        if (!gone()) {
            updateOverfull();
        }
    }

    private void updateOverfull() {
        long queued = queuedBytes();
        if (queued > limits.queuedBytesMax()) {
            overfull = true;
        } else if (overfull && queued <= limits.queuedBytesMax() / 2) {
            overfull = false;
            pumpIn();
        }
    }

    private void pumpIn() {
        if (in != null) {
            in.pump();
        }
    }

    private void watchIdle() {
        if (limits.idleNanosMax() != Long.MAX_VALUE) {
            watchIdleFor(limits.idleNanosMax());
        }
    }

    private void watchIdleFor(long nanos) {
        loop.planAfter(
                nanos,
                "idle check",
                () -> {
                    long quiet = fabric.simulator().nowNanos() - lastTrafficNanos;
                    if (gone()) {
                        return;
                    }
                    if (quiet >= limits.idleNanosMax()) {
                        close(new CloseReason(CloseReason.Kind.IDLE, "nothing was said"));
                    } else {
                        watchIdleFor(limits.idleNanosMax() - quiet);
                    }
                });
    }

    /** Whether frames may be delivered. */
    boolean reading() {
        return handler != null && !paused && !overfull;
    }

    /** Closed, or its process has ended. */
    boolean gone() {
        return closed || !loop.process().alive();
    }

    SimulatedLoop owner() {
        return loop;
    }

    SimulatedProcess process() {
        return loop.process();
    }

    String host() {
        return loop.process().node().host();
    }

    @Nullable Wire out() {
        return out;
    }

    private void checkOwner() {
        Invariant.check(
                loop.inLoop() || !process().alive(),
                "connection " + id + " is used outside its loop");
    }
}
