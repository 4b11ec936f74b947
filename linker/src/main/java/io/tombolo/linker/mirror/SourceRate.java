package io.tombolo.linker.mirror;

import java.util.concurrent.TimeUnit;

/**
 * How many records the source took lately, all partitions of a link together, in slots of a tenth
 * of a second over the last minute in which it was heard; while the source is silent nothing is
 * forgotten. Mutable; owned by the loop of the link.
 *
 * <p>The answer to "how many at most in so long a time" is the most that were taken in any span of
 * that length, for spans up to {@value #SPAN_SLOTS} slots and half of what was measured; a longer
 * time is made of such spans. So bursts count as bursts, a standstill does not slow the rest down,
 * and the answer is a bound for as long as the source is not faster than it was at its fastest.
 */
public final class SourceRate {

    static final long SLOT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    static final int SLOTS = 600;
    static final int SPAN_SLOTS = 100;

    /**
     * What was taken within less than this counts as taken at once: the answers of a source that is
     * in contact are nearer to each other.
     */
    static final long BURST_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long[] slots = new long[SLOTS];
    private boolean begun;
    private long first;
    private long last;

    /** The source was heard, for the state that it had then or later. */
    void heard(long nanos) {
        advance(slotOf(nanos));
    }

    /** The source took so many records between two moments at which it was heard. */
    void grew(long records, long fromNanos, long toNanos) {
        long to = slotOf(toNanos);
        advance(to);
        long count = Math.clamp(to - slotOf(fromNanos), 1, SLOTS);
        if (toNanos - fromNanos <= BURST_NANOS) {
            count = 1;
        }
        for (long index = 0; index < count; index++) {
            long share = (index + 1) * records / count - index * records / count;
            add(to - count + 1 + index, share);
        }
    }

    /** At most so many records were taken in any time of this length; −1 when none was measured. */
    public long atMost(long nanos) {
        if (!begun) {
            return -1;
        }
        long wanted = Math.ceilDiv(Math.max(nanos, 1), SLOT_NANOS) + 1;
        int span = (int) Math.clamp((last - first) / 2, 1L, (long) SPAN_SLOTS);
        return wanted / span * most(span) + most((int) (wanted % span));
    }

    private long most(int span) {
        long sum = 0;
        long most = 0;
        for (long slot = Math.max(first, last - SLOTS + 1); slot <= last; slot++) {
            sum += slots[place(slot)];
            long leaving = slot - span;
            if (leaving >= first && leaving > last - SLOTS) {
                sum -= slots[place(leaving)];
            }
            most = span == 0 ? 0 : Math.max(most, sum);
        }
        return most;
    }

    private void add(long slot, long records) {
        if (slot > last - SLOTS) {
            first = Math.min(first, slot);
            slots[place(slot)] += records;
        }
    }

    private void advance(long slot) {
        if (!begun) {
            begun = true;
            first = slot;
            last = slot;
            return;
        }
        for (long fresh = Math.max(last + 1, slot - SLOTS + 1); fresh <= slot; fresh++) {
            slots[place(fresh)] = 0;
        }
        last = Math.max(last, slot);
        first = Math.max(first, last - SLOTS + 1);
    }

    private static long slotOf(long nanos) {
        return Math.floorDiv(nanos, SLOT_NANOS);
    }

    private static int place(long slot) {
        return (int) Math.floorMod(slot, (long) SLOTS);
    }
}
