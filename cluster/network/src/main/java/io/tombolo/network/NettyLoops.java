package io.tombolo.network;

import io.netty.channel.Channel;
import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.GlobalEventExecutor;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The loops of this process. Each is one thread that waits for sockets, timers and tasks, carries
 * everything out to its end, and writes what was sent at the end of the turn.
 */
public final class NettyLoops implements EventLoops, AutoCloseable {

    private static final long SOCKETS_CLOSE_SECONDS_MAX = 5;
    private static final long THREADS_END_SECONDS_MAX = 5;

    private final Transport transport;
    private final MultiThreadIoEventLoopGroup group;
    private final List<NettyLoop> loops = new ArrayList<>();

    /** Every open socket of the loops; once it is closed, so is each that joins it. */
    private final ChannelGroup sockets =
            new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    private final Map<io.netty.channel.EventLoop, NettyLoop> byNettyLoop = new IdentityHashMap<>();

    /**
     * Starts the loops.
     *
     * @param onFailure hears, on the loop, of everything that a task or a handler throws: such a
     *     failure is a defect of this program, and the owner decides whether it goes on
     */
    public NettyLoops(LoopSettings settings, Consumer<Throwable> onFailure) {
        transport = Transport.choose(settings.nativeTransport());
        group =
                new MultiThreadIoEventLoopGroup(
                        settings.loopCount(),
                        new DefaultThreadFactory(settings.name(), true),
                        transport.handlerFactory());
        var largeFrames = new LargeFrames(settings.memory().largeFrameBytesMax());
        for (int index = 0; index < settings.loopCount(); index++) {
            IoEventLoop next = group.next();
            var loop =
                    new NettyLoop(
                            index,
                            (SingleThreadEventLoop) next,
                            settings.memory().loopBytes(),
                            largeFrames,
                            onFailure);
            loops.add(loop);
            byNettyLoop.put(next, loop);
        }
    }

    @Override
    public int count() {
        return loops.size();
    }

    @Override
    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** Bytes of received frames that a loop holds now; callable from any thread. */
    public long frameBytesHeld(int index) {
        return loops.get(index).budget().heldBytes();
    }

    /** How many times a connection of a loop had to wait for its budget; from any thread. */
    public long budgetWaitCount(int index) {
        return loops.get(index).budget().waitCount();
    }

    /** How many connections of a loop were closed for want of memory; from any thread. */
    public long memoryRefusalCount(int index) {
        return loops.get(index).budget().refusedCount();
    }

    /** The transport in use, {@code epoll} or {@code nio}. */
    public String transportName() {
        return transport.name().toLowerCase(java.util.Locale.ROOT);
    }

    Transport transport() {
        return transport;
    }

    MultiThreadIoEventLoopGroup group() {
        return group;
    }

    /** Takes a connection or listener in, so that it is closed with the loops at the latest. */
    void own(Channel socket) {
        sockets.add(socket);
    }

    NettyLoop of(io.netty.channel.EventLoop nettyLoop) {
        NettyLoop loop = byNettyLoop.get(nettyLoop);
        if (loop == null) {
            throw new IllegalArgumentException("a channel of other loops");
        }
        return loop;
    }

    /**
     * Closes every connection and listener and ends the threads; tasks not yet begun are dropped.
     * Waits for up to ten seconds. Not callable on a loop.
     *
     * <p>The sockets are closed first and one by one: a Netty loop without a quiet period that is
     * told to end while it runs a task ends right after that task and leaves its sockets open,
     * served by nobody.
     */
    @Override
    public void close() {
        loops.forEach(NettyLoop::beginClosing);
        sockets.close().awaitUninterruptibly(SOCKETS_CLOSE_SECONDS_MAX, TimeUnit.SECONDS);
        group.shutdownGracefully(0, THREADS_END_SECONDS_MAX, TimeUnit.SECONDS)
                .awaitUninterruptibly(THREADS_END_SECONDS_MAX, TimeUnit.SECONDS);
    }
}
