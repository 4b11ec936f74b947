package io.tombolo.linker.mirror;

import io.tombolo.region.link.Lag;

import java.util.ArrayDeque;

/**
 * Measures how far a copy is behind. Mutable; owned by the loop of the link.
 *
 * <p>Milliseconds need no clock of the source: the meter remembers when it first heard of each end
 * of the source (at most {@value #SAMPLES_MAX} of them), so that the time up to which the copy is
 * complete is that of the newest end it has reached. Forgetting samples can only make the lag look
 * larger. Before any end was reached the time stamps of the copied records stand in.
 *
 * <p>Records are differences of offsets, so gaps left by compaction count. Bytes are records times
 * the mean size per offset of what this link has copied.
 */
public final class LagMeter {

    public static final int SAMPLES_MAX = 64;
    private static final long NANOS_PER_MS = 1_000_000;

    private record Sample(long sourceEnd, long heardNanos) {}

    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long sourceEnd = -1;
    private long localEnd = -1;
    private long completeNanos;
    private boolean everComplete;
    private long copiedBytes;
    private long copiedOffsets;
    private long newestTimestampMs = -1;

    /** The source answered: so far goes its log. */
    public void heard(long sourceHighWatermark, long nowNanos) {
        if (samples.isEmpty() || sourceHighWatermark != sourceEnd) {
            if (samples.size() >= SAMPLES_MAX) {
                thin();
            }
            samples.addLast(new Sample(sourceHighWatermark, nowNanos));
        }
        sourceEnd = sourceHighWatermark;
        settle();
        confirm(nowNanos);
    }

    /** The source answered, and its log has not grown since it was heard of last. */
    public void confirm(long nowNanos) {
        if (sourceEnd >= 0 && localEnd >= sourceEnd) {
            completeNanos = nowNanos;
            everComplete = true;
        }
    }

    /** The local log ends here; set once when it is opened and after each append. */
    public void reached(long endOffset) {
        localEnd = endOffset;
        settle();
    }

    /** Batches were copied. */
    public void copied(long offsetCount, long bytes, long maxTimestampMs) {
        copiedOffsets += offsetCount;
        copiedBytes += bytes;
        newestTimestampMs = Math.max(newestTimestampMs, maxTimestampMs);
    }

    public long sourceEnd() {
        return sourceEnd;
    }

    /** How many records are missing, as far as is known. */
    public long records() {
        return localEnd < 0 ? Math.max(0, sourceEnd) : Math.max(0, sourceEnd - localEnd);
    }

    /**
     * The lag of this moment.
     *
     * @param answering whether the source is in contact, so that silence means that there is
     *     nothing new
     */
    public Lag lag(long nowNanos, long wallTimeMs, boolean answering) {
        long records = records();
        if (answering && records == 0 && sourceEnd >= 0) {
            return Lag.NONE;
        }
        return new Lag(records, bytes(records), ms(nowNanos, wallTimeMs), !answering);
    }

    private long bytes(long records) {
        return copiedOffsets == 0
                ? 0
                : (long) ((double) copiedBytes / (double) copiedOffsets * (double) records);
    }

    private long ms(long nowNanos, long wallTimeMs) {
        if (everComplete) {
            return Math.max(0, (nowNanos - completeNanos) / NANOS_PER_MS);
        }
        long sinceHeard =
                samples.isEmpty()
                        ? 0
                        : Math.max(0, (nowNanos - samples.getFirst().heardNanos) / NANOS_PER_MS);
        return newestTimestampMs < 0
                ? sinceHeard
                : Math.max(sinceHeard, wallTimeMs - newestTimestampMs);
    }

    /**
     * Drops the samples that have been reached; the newest of them is when the copy was complete.
     */
    private void settle() {
        while (samples.size() > 1 && samples.getFirst().sourceEnd <= localEnd) {
            complete(samples.removeFirst().heardNanos);
        }
        if (!samples.isEmpty() && samples.getFirst().sourceEnd <= localEnd) {
            complete(samples.getFirst().heardNanos);
        }
    }

    private void complete(long nanos) {
        completeNanos = everComplete ? Math.max(completeNanos, nanos) : nanos;
        everComplete = true;
    }

    /** Forgets every second sample but the oldest and the newest. */
    private void thin() {
        int index = 0;
        int last = samples.size() - 1;
        for (var iterator = samples.iterator(); iterator.hasNext(); index++) {
            iterator.next();
            if (index % 2 == 1 && index != last) {
                iterator.remove();
            }
        }
    }
}
