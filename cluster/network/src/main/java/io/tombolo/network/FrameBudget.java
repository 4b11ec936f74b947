package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.tombolo.environment.Invariant;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;

/**
 * The memory that received bytes of one loop may take, owned by that loop. What is charged is the
 * capacity of the buffers that really exist, never what a peer announces.
 *
 * <p>Three rules keep the loop alive when the budget is spent:
 *
 * <ul>
 *   <li>Seven eighths are for everything; the last eighth only for small receive buffers, so that
 *       small requests (a follower's fetch, a heartbeat) still come in while large frames wait.
 *   <li>When frames that have begun hold everything, one of them gets the privilege to be received
 *       beyond the limit: one of all loops together, see {@link LargeFrames}. It moves at once into
 *       a buffer of its whole size, so that it is never copied again. The privilege ends when the
 *       frame is released, or when it stalls and its connection is closed; then the next one has
 *       it. So half-received frames never wait for each other.
 *   <li>A connection that finds nothing left reads one {@value #OVERDRAFT_BYTES}-byte buffer and
 *       then waits, in the order of arrival.
 * </ul>
 *
 * <p>All loops therefore hold at most their limits, plus one frame, plus {@value #OVERDRAFT_BYTES}
 * bytes for each connection; {@link FrameMemory} makes that fit. A handler must not keep a frame
 * while it waits for another large one.
 */
final class FrameBudget {

    static final int OVERDRAFT_BYTES = 512;
    static final int SMALL_BYTES = 4096;

    private static final long TURN_BYTES = 64 * 1024;

    private final long limitBytes;
    private final long bulkLimitBytes;
    private final ArrayDeque<Waiter> waitingToRead = new ArrayDeque<>();
    private final PriorityQueue<Growth> waitingToGrow = new PriorityQueue<>();
    private final ArrayList<Growth> waitingAgain = new ArrayList<>();
    private final LargeFrames largeFrames;
    private final Executor loop;
    private long turnCount;
    private long withinBytes;
    private long beyondBytes;
    private volatile long heldBytes;
    private volatile long waitCount;
    private volatile long refusedCount;
    private boolean waking;

    /**
     * @param largeFrames shared by all loops
     * @param loop runs tasks on the loop that owns this
     */
    FrameBudget(long limitBytes, LargeFrames largeFrames, Executor loop) {
        this.limitBytes = limitBytes;
        this.largeFrames = largeFrames;
        this.loop = loop;
        this.bulkLimitBytes = limitBytes - limitBytes / 8;
    }

    /** A connection that cannot go on before memory is given back. */
    interface Waiter {
        /** Asks again; one that still finds nothing waits again. */
        void tryAgain();
    }

    /**
     * A frame that waits for memory. Small frames go before large ones, but a large one is
     * overtaken only by as many later ones as it is larger, in units of {@value #TURN_BYTES} bytes.
     */
    record Growth(Waiter waiter, long turn) implements Comparable<Growth> {

        @Override
        public int compareTo(Growth other) {
            return Long.compare(turn, other.turn);
        }
    }

    /** The turn of a frame of this size that has to wait for the first time. */
    long nextTurn(int frameBytes) {
        turnCount++;
        return turnCount * TURN_BYTES + frameBytes;
    }

    /** How large the next receive buffer may be, at most what is wanted. */
    int receiveBytes(int wanted) {
        if (affords(wanted)) {
            return wanted;
        }
        return isDry() ? OVERDRAFT_BYTES : Math.min(wanted, SMALL_BYTES);
    }

    /** Whether so many bytes more can be taken without touching the reserve. */
    boolean affords(int bytes) {
        return withinBytes + bytes <= bulkLimitBytes;
    }

    /** Whether not even a small receive buffer is left. */
    boolean isDry() {
        return withinBytes + SMALL_BYTES > limitBytes;
    }

    /** A frame larger than this is never taken, since it might find no memory. */
    int frameBytesMax() {
        return largeFrames.frameBytesMax();
    }

    /** The privilege, for a frame that cannot grow otherwise; nothing when another one has it. */
    LargeFrames.@Nullable Privilege tryPrivilege() {
        return largeFrames.tryTake(this);
    }

    /** The frame that had the privilege is released or given up. */
    void end(LargeFrames.@Nullable Privilege ended) {
        if (ended != null) {
            largeFrames.end(ended);
            wake();
        }
    }

    /** Uses the privilege in a later turn of this loop, or passes it on; from any thread. */
    void offerLater() {
        loop.execute(() -> {
            wake();
            largeFrames.decline(this);
        });
    }

    void waitToRead(Waiter waiter) {
        waitingToRead.add(waiter);
        waitCount++;
    }

    void waitToGrow(Waiter waiter, long turn) {
        var growth = new Growth(waiter, turn);
        if (waking) {
            waitingAgain.add(growth);
        } else {
            waitingToGrow.add(growth);
        }
        waitCount++;
    }

    /**
     * Whether a connection waits for memory that others hold: one of this loop, or one of any loop
     * for the privilege that a frame of this loop has.
     */
    boolean isContested() {
        return !waitingToRead.isEmpty()
                || !waitingToGrow.isEmpty()
                || largeFrames.isContested(this);
    }

    /** Whether that may come about without anything else happening on this loop. */
    boolean needsWatching() {
        return isContested() || largeFrames.isHeldBy(this);
    }

    /** How much of the loop's memory may be taken away from slow frames at a time. */
    long reclaimedBytesMax() {
        return limitBytes / 4;
    }

    void forget(Waiter waiter) {
        waitingToRead.remove(waiter);
        waitingToGrow.removeIf(growth -> growth.waiter() == waiter);
        waitingAgain.removeIf(growth -> growth.waiter() == waiter);
    }

    void charge(ByteBuf buffer, LargeFrames.@Nullable Privilege on) {
        add(buffer.capacity(), on);
    }

    /** Drops one reference to a charged buffer and gives its bytes back when it was the last. */
    void release(ByteBuf buffer, LargeFrames.@Nullable Privilege on) {
        int capacity = buffer.capacity();
        if (buffer.release()) {
            add(-capacity, on);
            wake();
        }
    }

    private void add(int bytes, LargeFrames.@Nullable Privilege on) {
        if (on == null) {
            withinBytes += bytes;
        } else {
            beyondBytes += bytes;
        }
        Invariant.check(
                withinBytes >= 0 && beyondBytes >= 0,
                "the budget holds %d bytes within and %d beyond its limit",
                withinBytes,
                beyondBytes);
        heldBytes = withinBytes + beyondBytes;
    }

    /** Lets those go on, in their order, for whom there is something now. */
    private void wake() {
        if (waking || (waitingToRead.isEmpty() && waitingToGrow.isEmpty())) {
            return;
        }
        waking = true;
        try {
            for (int left = waitingToRead.size(); left > 0 && !isDry(); left--) {
                tryAgain(waitingToRead.poll());
            }
            for (int left = waitingToGrow.size(); left > 0 && growthPossible(); left--) {
                Growth growth = waitingToGrow.poll();
                tryAgain(growth == null ? null : growth.waiter());
            }
        } finally {
            waking = false;
            waitingToGrow.addAll(waitingAgain);
            waitingAgain.clear();
        }
        if (!waitingToGrow.isEmpty()) {
            largeFrames.lineUp(this);
        }
    }

    private static void tryAgain(@Nullable Waiter waiter) {
        if (waiter != null) {
            waiter.tryAgain();
        }
    }

    private boolean growthPossible() {
        return largeFrames.offers(this) || affords(SMALL_BYTES);
    }

    /** Bytes held now, within the limit and beyond it; callable from any thread. */
    long heldBytes() {
        return heldBytes;
    }

    void countRefusal() {
        refusedCount++;
    }

    /** How many connections were closed for want of memory; callable from any thread. */
    long refusedCount() {
        return refusedCount;
    }

    /** How often a connection had to wait; callable from any thread. */
    long waitCount() {
        return waitCount;
    }
}
