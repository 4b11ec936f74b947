package io.tombolo.linker.mirror;

import io.tombolo.region.link.Lag;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.OptionalLong;

/**
 * Measures how far a copy is behind. Mutable; owned by the loop of the link.
 *
 * <p>Milliseconds need no clock of the source. What an answer says held at some moment between the
 * question and its arrival; the meter takes the question, so what it gives is never below what is
 * really the case, and at most one round trip and the time for which the source let the question
 * wait above it. It remembers when each end of the source was asked for (at most {@value
 * #SAMPLES_MAX} of them), so that the time up to which the copy is complete is that of the newest
 * end it has reached. Forgetting samples can only make the lag look larger. Before any end was
 * reached the time stamps of the copied records stand in.
 *
 * <p>A copy that has everything of a source which has not grown for {@link #IDLE} is not behind, so
 * its lag is 0 and not the rhythm of the questions; a record that comes then is noticed after its
 * way here. That ends when nothing was heard for {@link #HEARD_LATELY}.
 *
 * <p>Records are differences of offsets, so gaps left by compaction count. Bytes are records times
 * the mean size per offset of what this link has copied, if that is enough to tell.
 */
public final class LagMeter {

    public static final int SAMPLES_MAX = 64;

    /** The sizes of so many records tell how large others are. */
    static final int SAMPLE_OFFSETS = 1_000;

    /** A source that has not grown for so long is idle: a question waits for half of it. */
    static final Duration IDLE = Duration.ofSeconds(1);

    /** A question in contact is younger: it waits for half a second, and so does the next one. */
    static final Duration HEARD_LATELY = Duration.ofSeconds(2);

    private static final long NANOS_PER_MS = 1_000_000;

    private record Sample(long sourceEnd, long askedNanos) {}

    private final SourceRate rate;
    private final ArrayDeque<Sample> samples = new ArrayDeque<>();
    private long sourceEnd = -1;
    private long localEnd = -1;
    private OptionalLong firstNanos = OptionalLong.empty();
    private long knownNanos;

    /** The earliest question to which the source answered with its present end. */
    private long grewNanos;

    private long completeNanos;
    private boolean everComplete;
    private long copiedBytes;
    private long copiedOffsets;
    private long newestTimestampMs = -1;

    /**
     * @param rate counts what the source takes, for all partitions of a link together
     */
    public LagMeter(SourceRate rate) {
        this.rate = rate;
    }

    /** Takes over what another meter of the same partition knows of the source; before all else. */
    public void inherit(LagMeter former) {
        former.knownNanos().ifPresent(nanos -> heard(former.sourceEnd, nanos));
    }

    /** The source answered a question of that time: so far goes its log. */
    public void heard(long sourceHighWatermark, long askedNanos) {
        if (firstNanos.isEmpty()) {
            firstNanos = OptionalLong.of(askedNanos);
            knownNanos = askedNanos;
        } else if (sourceHighWatermark > sourceEnd) {
            rate.grew(sourceHighWatermark - sourceEnd, knownNanos, askedNanos);
        }
        if (!samples.isEmpty() && sourceHighWatermark == sourceEnd) {
            samples.removeLast();
        } else if (samples.size() >= SAMPLES_MAX) {
            thin();
        }
        boolean grew = sourceHighWatermark != sourceEnd;
        sourceEnd = sourceHighWatermark;
        know(askedNanos);
        grewNanos = grew ? knownNanos : grewNanos;
        samples.addLast(new Sample(sourceHighWatermark, knownNanos));
        settle();
    }

    /** The source answered a question of that time: its log has not grown since it was heard of. */
    public void confirm(long askedNanos) {
        if (sourceEnd >= 0) {
            heard(sourceEnd, askedNanos);
        }
    }

    private void know(long askedNanos) {
        knownNanos = Math.max(knownNanos, askedNanos);
        rate.heard(askedNanos);
    }

    /** So far the copy is safe here; set when its log is opened and as its high watermark moves. */
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

    /** When the source was asked for the newest of its states that is known; empty for none. */
    public OptionalLong knownNanos() {
        return firstNanos.isEmpty() ? firstNanos : OptionalLong.of(knownNanos);
    }

    /** How many records are missing; −1 until it is known where both ends stand. */
    public long records() {
        return localEnd < 0 || sourceEnd < 0 ? -1 : Math.max(0, sourceEnd - localEnd);
    }

    /**
     * The lag of this moment.
     *
     * @param answering whether the source is in contact
     */
    public Lag lag(long nowNanos, long wallTimeMs, boolean answering) {
        long records = records();
        return new Lag(records, bytes(records), lagMs(nowNanos, wallTimeMs, answering), !answering);
    }

    /** Its milliseconds alone. */
    public long lagMs(long nowNanos, long wallTimeMs, boolean answering) {
        return answering && idle(nowNanos) ? 0 : ms(nowNanos, wallTimeMs);
    }

    private boolean idle(long nowNanos) {
        return everComplete
                && sourceEnd <= localEnd
                && knownNanos - grewNanos >= IDLE.toNanos()
                && nowNanos - knownNanos <= HEARD_LATELY.toNanos();
    }

    /**
     * An estimate of the size of so many records; −1 when too little was copied to make it from:
     * fewer records than these, and fewer than {@value #SAMPLE_OFFSETS}.
     */
    public long bytes(long records) {
        if (records == 0 && firstNanos.isPresent()) {
            return 0;
        }
        return records < 0 || copiedOffsets < Math.clamp(records, 1, SAMPLE_OFFSETS)
                ? -1
                : (long) ((double) copiedBytes / (double) copiedOffsets * (double) records);
    }

    private long ms(long nowNanos, long wallTimeMs) {
        if (everComplete) {
            return msSince(completeNanos, nowNanos);
        }
        return newestTimestampMs < 0 || firstNanos.isEmpty()
                ? -1
                : Math.max(
                        msSince(firstNanos.getAsLong(), nowNanos), wallTimeMs - newestTimestampMs);
    }

    /** Rounded up: at most so many. */
    private static long msSince(long thenNanos, long nowNanos) {
        return Math.max(0, Math.ceilDiv(nowNanos - thenNanos, NANOS_PER_MS));
    }

    /**
     * Drops the samples that have been reached; the newest of them is when the copy was complete.
     */
    private void settle() {
        while (samples.size() > 1 && samples.getFirst().sourceEnd <= localEnd) {
            complete(samples.removeFirst().askedNanos);
        }
        if (!samples.isEmpty() && samples.getFirst().sourceEnd <= localEnd) {
            complete(samples.getFirst().askedNanos);
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
