package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.SocketChannel;
import io.tombolo.environment.Clock;
import io.tombolo.environment.CloseReason;
import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Frame;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Payload;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.Function;

/**
 * One socket. Reading is stopped lazily: a paused connection goes on until bytes arrive that may
 * not be delivered, so that the common pause and resume around one answer costs no system call.
 */
final class NettyConnection extends ChannelInboundHandlerAdapter
        implements Connection, FrameReader.Sink {

    private final long id;
    private final NettyLoop loop;
    private final SocketChannel channel;
    private final Clock clock;
    private final FrameLimits limits;
    private final Function<Connection, ConnectionHandler> acceptor;
    private final Endpoint dialled;
    private final FrameReader reader;
    private final FramePace pace = new FramePace();
    private @Nullable ChannelHandlerContext context;
    private @Nullable ConnectionHandler handler;
    private @Nullable CloseReason reason;
    private Endpoint remote;
    private Endpoint local;
    private boolean ended;
    private boolean told;
    private boolean paused;
    private boolean waiting;
    private boolean flushPlanned;
    private EventLoop.@Nullable Timer stallTimer;
    private EventLoop.@Nullable Timer idleTimer;
    private long lastReadNanos;
    private long lastSendNanos;
    private long queuedBytesSeen;

    /**
     * What holds for all connections of a listener.
     *
     * @param acceptor gives the handler when a connection is open
     */
    record Terms(FrameLimits limits, Function<Connection, ConnectionHandler> acceptor) {}

    /**
     * @param dialled the address at the other end, as far as it is known by now
     */
    NettyConnection(
            long id,
            NettyLoop loop,
            SocketChannel channel,
            Clock clock,
            Terms terms,
            Endpoint dialled) {
        this.id = id;
        this.loop = loop;
        this.channel = channel;
        this.clock = clock;
        this.limits = terms.limits();
        this.acceptor = terms.acceptor();
        this.dialled = dialled;
        this.remote = dialled;
        this.local = dialled;
        this.reader = new FrameReader(loop, this, limits.frameBytesMax());
        int high = (int) Math.min(limits.queuedBytesMax(), Integer.MAX_VALUE);
        channel.config()
                .setRecvByteBufAllocator(new ReceiveBuffers(reader))
                .setMessageSizeEstimator(PayloadSizes.INSTANCE)
                .setWriteBufferWaterMark(new WriteBufferWaterMark(high / 2, high));
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
        loop.checkInLoop("a frame is sent");
        ChannelHandlerContext open = context;
        if (reason != null || ended || open == null) {
            frame.forEach(Payload::release);
            return;
        }
        try {
            FrameWriter.write(open, frame);
        } catch (OutOfMemoryError none) {
            memoryRefused(none);
            return;
        }
        lastSendNanos = clock.nanoTime();
        if (!flushPlanned) {
            flushPlanned = true;
            loop.flushAtEndOfTurn(this);
        }
    }

    /** Hands everything written so far to the operating system, as far as it takes it. */
    void flush() {
        flushPlanned = false;
        if (context != null) {
            context.flush();
        }
    }

    @Override
    public void pauseReading() {
        loop.checkInLoop("reading is paused");
        paused = true;
    }

    @Override
    public void resumeReading() {
        loop.checkInLoop("reading is resumed");
        if (paused) {
            paused = false;
            goOnLater();
        }
    }

    @Override
    public long queuedBytes() {
        var buffer = channel.unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    @Override
    public void close(CloseReason newReason) {
        loop.checkInLoop("a connection is closed");
        if (reason != null) {
            return;
        }
        reason = newReason;
        loop.slowFrames().remove(this);
        reader.close();
        if (ended) {
            loop.execute(this::finish);
        } else {
            channel.close();
        }
    }

    @Override
    public void handlerAdded(ChannelHandlerContext newContext) {
        context = newContext;
    }

    @Override
    public void channelActive(ChannelHandlerContext open) {
        remote = addressOr(channel.remoteAddress(), dialled);
        local = addressOr(channel.localAddress(), dialled);
        lastReadNanos = clock.nanoTime();
        lastSendNanos = lastReadNanos;
        pace.reading(true, lastReadNanos);
        try {
            ConnectionHandler accepted = acceptor.apply(this);
            handler = accepted;
            accepted.opened(this);
        } catch (Throwable failure) {
            handlerFailed(failure);
        }
        watchIdle(limits.idleNanosMax());
    }

    private static Endpoint addressOr(@Nullable InetSocketAddress address, Endpoint otherwise) {
        return address == null || address.getAddress() == null
                ? otherwise
                : new Endpoint(address.getAddress().getHostAddress(), address.getPort());
    }

    @Override
    public void channelRead(ChannelHandlerContext open, Object message) {
        lastReadNanos = clock.nanoTime();
        reader.arrived((ByteBuf) message);
        settle();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext open) {
        if (channel.isWritable()) {
            goOnLater();
        }
    }

    /** Delivers and reads again, in a later turn, if anything has been held back. */
    private void goOnLater() {
        if (reader.hasUndecoded() || ended || !channel.config().isAutoRead()) {
            loop.execute(this::goOn);
        }
    }

    private void goOn() {
        try {
            reader.decode();
        } catch (OutOfMemoryError none) {
            memoryRefused(none);
        }
        if (ended) {
            finishUnlessHeldBack();
        } else {
            settle();
        }
    }

    /** Reads on or stops, as pause, back-pressure and the memory budget now demand. */
    private void settle() {
        if (reason == null && !ended) {
            try {
                readOnOrStop();
            } catch (OutOfMemoryError none) {
                memoryRefused(none);
            }
        }
    }

    private void readOnOrStop() {
        if (waiting || (!takesFrames() && reader.hasUndecoded())) {
            stopReading();
        } else if (!reader.makeRoom()) {
            waiting = true;
            stopReading();
            loop.budget().waitToGrow(this, reader.turn());
            loop.slowFrames().watch();
        } else if (loop.budget().isDry() && !reader.hasRoom()) {
            waiting = true;
            stopReading();
            loop.budget().waitToRead(this);
            loop.slowFrames().watch();
        } else {
            startReading();
        }
    }

    private void stopReading() {
        if (channel.config().isAutoRead()) {
            channel.config().setAutoRead(false);
            pace.reading(false, clock.nanoTime());
        }
    }

    private void startReading() {
        if (!channel.config().isAutoRead()) {
            lastReadNanos = clock.nanoTime();
            pace.reading(true, lastReadNanos);
            channel.config().setAutoRead(true);
        }
        watchStall();
    }

    @Override
    public void tryAgain() {
        waiting = false;
        settle();
    }

    /** There is no memory for what this connection sends or asks for; the others go on. */
    private void memoryRefused(OutOfMemoryError none) {
        if (reason != null || ended) {
            return;
        }
        loop.memoryRefused(clock.nanoTime(), none);
        close(
                new CloseReason(
                        CloseReason.Kind.NO_MEMORY,
                        "no direct memory is left: " + none.getMessage()));
    }

    @Override
    public boolean takesFrames() {
        return handler != null && !paused && reason == null && (ended || channel.isWritable());
    }

    @Override
    public void deliver(Frame frame) {
        ConnectionHandler receiver = handler;
        if (receiver == null) {
            frame.release();
            return;
        }
        try {
            receiver.received(frame);
        } catch (Throwable failure) {
            handlerFailed(failure);
        }
    }

    private void handlerFailed(Throwable failure) {
        close(new CloseReason(CloseReason.Kind.LOCAL, "the handler of the connection failed"));
        loop.failed(failure);
    }

    @Override
    public void illegalSize(int announced, int frameBytesMax) {
        close(
                new CloseReason(
                        CloseReason.Kind.FRAME_SIZE,
                        "a frame of %d bytes is announced; 0 to %d are taken%s"
                                .formatted(
                                        announced,
                                        frameBytesMax,
                                        frameBytesMax < limits.frameBytesMax()
                                                ? ", since direct memory has no room for more"
                                                : "")));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext open, Throwable cause) {
        if (reason != null || ended) {
            return;
        }
        if (cause instanceof IOException broken) {
            close(new CloseReason(CloseReason.Kind.PEER, "broken: " + broken.getMessage()));
        } else if (cause instanceof OutOfMemoryError none) {
            // Of the receive buffers: what handlers throw never comes here.
            memoryRefused(none);
        } else {
            handlerFailed(cause);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext closed) {
        ended = true;
        if (reason == null && loop.isClosing()) {
            reason = new CloseReason(CloseReason.Kind.LOCAL, "the loops have shut down");
        }
        goOn();
    }

    /** After the other side's close, frames held back by a pause are still delivered first. */
    private void finishUnlessHeldBack() {
        if (reason != null || !paused || !reader.hasUndecoded()) {
            finish();
        }
    }

    private void finish() {
        if (told) {
            return;
        }
        told = true;
        reader.close();
        cancelTimers();
        if (reason == null) {
            reason = new CloseReason(CloseReason.Kind.PEER, "closed by the other side");
        }
        if (handler != null) {
            try {
                handler.closed(reason);
            } catch (Throwable failure) {
                loop.failed(failure);
            }
        }
    }

    /** So that no timer holds a closed connection in memory until it would have run. */
    private void cancelTimers() {
        loop.slowFrames().remove(this);
        if (stallTimer != null) {
            stallTimer.cancel();
        }
        if (idleTimer != null) {
            idleTimer.cancel();
        }
    }

    /** Watches a frame that has begun; one timer at most, set again only when it has run. */
    private void watchStall() {
        if (stallTimer == null && reader.frameBegun()) {
            loop.slowFrames().add(this);
            pace.follow(reader.frameNumber(), clock.nanoTime());
            stallTimer = loop.schedule(limits.stallNanosMax(), this::checkStall);
        }
    }

    /** What a frame that is being read and comes too slowly holds; 0 for any other. */
    int heldBySlowFrame() {
        long nowNanos = clock.nanoTime();
        pace.follow(reader.frameNumber(), nowNanos);
        return reason == null && pace.isSlow(reader.frameBytesArrived(), nowNanos)
                ? reader.frameBytesHeld()
                : 0;
    }

    /** Ends a connection whose frame holds memory that others wait for. */
    void giveUpSlowFrame() {
        closeStalled("others wait for the memory that a slow frame holds");
    }

    private void closeStalled(String detail) {
        close(new CloseReason(CloseReason.Kind.STALLED, detail));
    }

    private void checkStall() {
        stallTimer = null;
        if (reason != null || ended || !reader.frameBegun()) {
            loop.slowFrames().remove(this);
            return;
        }
        long nowNanos = clock.nanoTime();
        pace.follow(reader.frameNumber(), nowNanos);
        long patienceNanos = FramePace.patienceNanos(limits.stallNanosMax(), reader.frameBytes());
        long takenNanos = pace.readNanos(nowNanos);
        if (takenNanos >= patienceNanos) {
            closeStalled(
                    "a frame of %d bytes is not whole after %d ms"
                            .formatted(reader.frameBytes(), takenNanos / 1_000_000));
            return;
        }
        long quietNanos = nowNanos - lastReadNanos;
        if (channel.config().isAutoRead() && quietNanos >= limits.stallNanosMax()) {
            closeStalled(
                    "a frame began and nothing came for %d ms".formatted(quietNanos / 1_000_000));
            return;
        }
        long leftNanos = limits.stallNanosMax() - quietNanos;
        stallTimer =
                loop.schedule(leftNanos > 0 ? leftNanos : limits.stallNanosMax(), this::checkStall);
    }

    private void watchIdle(long nanos) {
        if (limits.idleNanosMax() != Long.MAX_VALUE && reason == null) {
            idleTimer = loop.schedule(nanos, this::checkIdle);
        }
    }

    private void checkIdle() {
        if (reason != null || ended) {
            return;
        }
        long nowNanos = clock.nanoTime();
        long queued = queuedBytes();
        if (queued != queuedBytesSeen) {
            // A slow reader makes progress, which counts as traffic.
            queuedBytesSeen = queued;
            lastSendNanos = nowNanos;
        }
        long quietNanos = Math.min(nowNanos - lastReadNanos, nowNanos - lastSendNanos);
        if (quietNanos >= limits.idleNanosMax()) {
            close(
                    new CloseReason(
                            CloseReason.Kind.IDLE,
                            "nothing was said for %d ms".formatted(quietNanos / 1_000_000)));
        } else {
            watchIdle(limits.idleNanosMax() - quietNanos);
        }
    }
}
