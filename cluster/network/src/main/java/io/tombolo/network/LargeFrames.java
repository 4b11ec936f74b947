package io.tombolo.network;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;

/**
 * The one place beyond the limits of all loops, and the loops that wait for it in the order of
 * their asking. Callable from any thread; asked for by frames that cannot grow otherwise only.
 */
final class LargeFrames {

    private final int frameBytesMax;
    private final ArrayDeque<FrameBudget> waiting = new ArrayDeque<>();
    private @Nullable Privilege taken;
    private @Nullable FrameBudget holder;
    private @Nullable FrameBudget next;

    LargeFrames(int frameBytesMax) {
        this.frameBytesMax = frameBytesMax;
    }

    /** The right of one frame to grow beyond the limit; what it takes is counted apart. */
    static final class Privilege {}

    int frameBytesMax() {
        return frameBytesMax;
    }

    /** The privilege; nothing when another frame has it, or when it is another loop's turn. */
    synchronized @Nullable Privilege tryTake(FrameBudget asking) {
        if (!offers(asking)) {
            lineUp(asking);
            return null;
        }
        next = null;
        taken = new Privilege();
        holder = asking;
        return taken;
    }

    /** Notes that a loop has frames that wait for it. */
    synchronized void lineUp(FrameBudget asking) {
        if (asking != next && !waiting.contains(asking)) {
            waiting.add(asking);
        }
    }

    /** Whether a frame of this loop would get it now. */
    synchronized boolean offers(FrameBudget asking) {
        return taken == null && (next == null || next == asking);
    }

    /** Whether a frame of this loop has it while another loop waits for it. */
    synchronized boolean isContested(FrameBudget having) {
        return holder == having && !waiting.isEmpty();
    }

    /** Whether a frame of this loop has it. */
    synchronized boolean isHeldBy(FrameBudget asking) {
        return holder == asking;
    }

    /** Gives it back; the loop whose turn it is then hears of it. */
    void end(Privilege ended) {
        FrameBudget offered;
        synchronized (this) {
            if (ended != taken) {
                return;
            }
            taken = null;
            holder = null;
            next = waiting.poll();
            offered = next;
        }
        if (offered != null) {
            offered.offerLater();
        }
    }

    /** A loop that was offered it has no use for it any more. */
    void decline(FrameBudget declining) {
        FrameBudget offered;
        synchronized (this) {
            if (taken != null || next != declining) {
                return;
            }
            next = waiting.poll();
            offered = next;
        }
        if (offered != null) {
            offered.offerLater();
        }
    }
}
