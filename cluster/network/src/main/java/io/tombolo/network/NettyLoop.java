package io.tombolo.network;

import io.netty.channel.SingleThreadEventLoop;
import io.netty.util.concurrent.Future;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One loop: a Netty loop, its memory budget and the connections that have something to flush. */
final class NettyLoop implements EventLoop {

    private static final Logger LOG = LoggerFactory.getLogger(NettyLoop.class);
    private static final long REFUSAL_LOG_NANOS = 10_000_000_000L;

    private final int index;
    private final SingleThreadEventLoop netty;
    private final FrameBudget budget;
    private final SlowFrames slowFrames = new SlowFrames(this);
    private final Consumer<Throwable> onFailure;
    private final List<NettyConnection> unflushed = new ArrayList<>();
    private @Nullable Long lastRefusalLogged;
    private final Runnable flushAll = this::flushAll;
    private volatile boolean closing;

    NettyLoop(
            int index,
            SingleThreadEventLoop netty,
            long frameBytesBudget,
            LargeFrames largeFrames,
            Consumer<Throwable> onFailure) {
        this.index = index;
        this.netty = netty;
        this.budget = new FrameBudget(frameBytesBudget, largeFrames, this::execute);
        this.onFailure = onFailure;
    }

    @Override
    public int index() {
        return index;
    }

    @Override
    public boolean inLoop() {
        return netty.inEventLoop();
    }

    @Override
    public void execute(Runnable task) {
        try {
            netty.execute(guarded(task));
        } catch (RejectedExecutionException shutDown) {
            // The contract: a task handed to a loop that has shut down is dropped.
            return;
        }
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        checkInLoop("a timer is set");
        try {
            Future<?> future =
                    netty.schedule(guarded(task), Math.max(0, delayNanos), TimeUnit.NANOSECONDS);
            return () -> future.cancel(false);
        } catch (RejectedExecutionException shutDown) {
            return () -> {};
        }
    }

    /** The task, with everything it throws handed to the owner of the loops. */
    private Runnable guarded(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (Throwable failure) {
                failed(failure);
            }
        };
    }

    /** Tells the owner of the loops that product code threw. */
    void failed(Throwable failure) {
        onFailure.accept(failure);
    }

    /** Flushes a connection once, after everything else of this turn. */
    void flushAtEndOfTurn(NettyConnection connection) {
        if (unflushed.isEmpty()) {
            try {
                netty.executeAfterEventLoopIteration(flushAll);
            } catch (RejectedExecutionException shutDown) {
                // The channels are being closed: their closing releases what was written.
                return;
            }
        }
        unflushed.add(connection);
    }

    private void flushAll() {
        for (int at = 0; at < unflushed.size(); at++) {
            unflushed.get(at).flush();
        }
        unflushed.clear();
    }

    /** Counts a connection that is closed for want of memory, and says so now and then. */
    void memoryRefused(long nowNanos, OutOfMemoryError none) {
        budget.countRefusal();
        if (lastRefusalLogged == null || nowNanos - lastRefusalLogged >= REFUSAL_LOG_NANOS) {
            lastRefusalLogged = nowNanos;
            LOG.atWarn()
                    .addKeyValue("connections", budget.refusedCount())
                    .addKeyValue("heldBytes", budget.heldBytes())
                    .addKeyValue("cause", none.getMessage())
                    .log("Connections are closed for want of direct memory");
        }
    }

    void checkInLoop(String claim) {
        Invariant.check(inLoop(), claim + " outside its loop");
    }

    /** From now on connections are closed because the loop ends; callable from any thread. */
    void beginClosing() {
        closing = true;
    }

    boolean isClosing() {
        return closing;
    }

    SingleThreadEventLoop netty() {
        return netty;
    }

    FrameBudget budget() {
        return budget;
    }

    SlowFrames slowFrames() {
        return slowFrames;
    }
}
