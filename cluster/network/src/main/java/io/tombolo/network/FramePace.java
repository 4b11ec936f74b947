package io.tombolo.network;

/**
 * How fast the frame that has begun on one connection comes, over the time in which it is read.
 * Time in which this side does not read, for want of memory or of somebody to take frames, does not
 * count against the other side.
 */
final class FramePace {

    /** A frame that comes slower than this, in bytes per second, is given up. */
    static final long BYTES_PER_SECOND_MIN = 64 * 1024;

    private static final long SECOND_NANOS = 1_000_000_000L;
    private static final long SAMPLE_NANOS = SECOND_NANOS / 2;

    private long frameNumber = -1;
    private boolean reading;
    private long readingSinceNanos;
    private long readNanos;
    private long sampleNanos;
    private long sampleBytes;
    private boolean sampled;

    /** Reading goes on, or stops, from now on. */
    void reading(boolean on, long nowNanos) {
        if (reading && !on) {
            readNanos += nowNanos - readingSinceNanos;
        } else if (on && !reading) {
            readingSinceNanos = nowNanos;
        }
        reading = on;
        sampled &= on;
    }

    /** Names the frame that is being read; another one than before starts afresh. */
    void follow(long number, long nowNanos) {
        if (number != frameNumber) {
            frameNumber = number;
            readNanos = 0;
            readingSinceNanos = nowNanos;
            sampled = false;
        }
    }

    /** For how long the frame has been read without having become whole. */
    long readNanos(long nowNanos) {
        return reading ? readNanos + nowNanos - readingSinceNanos : readNanos;
    }

    /** How long a frame of this size may take. */
    static long patienceNanos(long stallNanos, int frameBytes) {
        long transferNanos = frameBytes * SECOND_NANOS / BYTES_PER_SECOND_MIN;
        return stallNanos > Long.MAX_VALUE - transferNanos
                ? Long.MAX_VALUE
                : stallNanos + transferNanos;
    }

    /** Whether less than the minimum rate has come over the last half second or more. */
    boolean isSlow(long arrivedBytes, long nowNanos) {
        if (!reading) {
            return false;
        }
        long sinceNanos = nowNanos - sampleNanos;
        if (sampled && sinceNanos < SAMPLE_NANOS) {
            return false;
        }
        boolean slow =
                sampled
                        && (arrivedBytes - sampleBytes) * SECOND_NANOS
                                < sinceNanos * BYTES_PER_SECOND_MIN;
        sampled = true;
        sampleNanos = nowNanos;
        sampleBytes = arrivedBytes;
        return slow;
    }
}
