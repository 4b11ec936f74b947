package io.tombolo.network;

import io.netty.buffer.ByteBuf;
import io.tombolo.environment.Invariant;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/**
 * The memory that received bytes of one loop may take, owned by that loop. What is charged is the
 * capacity of the buffers that really exist, never what a peer announces.
 *
 * <p>Three rules keep the loop alive when the budget is spent:
 *
 * <ul>
 *   <li>Seven eighths are for everything; the last eighth only for small receive buffers, so that
 *       small requests (a follower's fetch, a heartbeat) still come in while large frames wait.
 *   <li>When frames that have begun hold everything, one of them at a time, the first to ask, may
 *       grow beyond the limit until it is whole. It is delivered and released, or it stalls and is
 *       closed; then the next one may. So half-received frames never wait for each other.
 *   <li>A connection that finds nothing left reads one {@value #OVERDRAFT_BYTES}-byte buffer and
 *       then waits, in the order of arrival.
 * </ul>
 *
 * <p>A loop therefore holds at most its limit, plus one frame, plus {@value #OVERDRAFT_BYTES} bytes
 * for each connection.
 */
final class FrameBudget {

    static final int OVERDRAFT_BYTES = 512;
    static final int SMALL_BYTES = 4096;

    private final long limitBytes;
    private final long bulkLimitBytes;
    private final ArrayDeque<Waiter> waitingToRead = new ArrayDeque<>();
    private final ArrayDeque<Waiter> waitingToGrow = new ArrayDeque<>();
    private @Nullable Waiter privileged;
    private volatile long heldBytes;
    private volatile long waitCount;
    private boolean waking;

    FrameBudget(long limitBytes) {
        this.limitBytes = limitBytes;
        this.bulkLimitBytes = limitBytes - limitBytes / 8;
    }

    /** A connection that cannot go on before memory is given back. */
    interface Waiter {
        /** Asks again; one that still finds nothing waits again. */
        void tryAgain();
    }

    /** How large the next receive buffer may be, at most what is wanted. */
    int receiveBytes(int wanted) {
        if (heldBytes + wanted <= bulkLimitBytes) {
            return wanted;
        }
        return isDry() ? OVERDRAFT_BYTES : Math.min(wanted, SMALL_BYTES);
    }

    /** Whether not even a small receive buffer is left. */
    boolean isDry() {
        return heldBytes + SMALL_BYTES > limitBytes;
    }

    /** Whether a frame that has begun may take so many more bytes. */
    boolean mayGrow(Waiter waiter, int bytes) {
        if (privileged == waiter || heldBytes + bytes <= bulkLimitBytes) {
            return true;
        }
        if (privileged == null) {
            privileged = waiter;
            return true;
        }
        return false;
    }

    void waitToRead(Waiter waiter) {
        waitingToRead.add(waiter);
        waitCount++;
    }

    void waitToGrow(Waiter waiter) {
        waitingToGrow.add(waiter);
        waitCount++;
    }

    /** The waiter has its frame, or is gone: it has no privilege and waits for nothing. */
    void finished(Waiter waiter) {
        if (privileged == waiter) {
            privileged = null;
            wake();
        }
    }

    void forget(Waiter waiter) {
        waitingToRead.remove(waiter);
        waitingToGrow.remove(waiter);
        finished(waiter);
    }

    void charge(int bytes) {
        heldBytes += bytes;
    }

    /** Drops one reference to a charged buffer and gives its bytes back when it was the last. */
    void release(ByteBuf buffer) {
        int capacity = buffer.capacity();
        if (buffer.release()) {
            heldBytes -= capacity;
            Invariant.check(
                    heldBytes >= 0, "the budget holds %d bytes after %d", heldBytes, capacity);
            wake();
        }
    }

    /** Lets those go on, in their order, for whom there is something now. */
    private void wake() {
        if (waking || (waitingToRead.isEmpty() && waitingToGrow.isEmpty())) {
            return;
        }
        waking = true;
        try {
            for (int left = waitingToRead.size(); left > 0 && !isDry(); left--) {
                waitingToRead.remove().tryAgain();
            }
            for (int left = waitingToGrow.size(); left > 0 && growthPossible(); left--) {
                waitingToGrow.remove().tryAgain();
            }
        } finally {
            waking = false;
        }
    }

    private boolean growthPossible() {
        return privileged == null || heldBytes + SMALL_BYTES <= bulkLimitBytes;
    }

    long heldBytes() {
        return heldBytes;
    }

    long waitCount() {
        return waitCount;
    }
}
