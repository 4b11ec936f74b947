package io.tombolo.storage.cleaner;

import java.time.Duration;

/**
 * What compaction may take of a broker.
 *
 * @param threads passes over logs at a time, at most {@link #THREADS_MAX}; 0 for none at all
 * @param dedupeBytes what all passes together may take to remember keys
 * @param dedupeLoadFactor share of that which may be filled
 * @param bufferBytes read or written at once, all passes together
 * @param ioBytesPerSecondMax read and written, all passes together
 * @param backoff between two looks at the logs when there was nothing to do
 * @param inflatedBytesMax of one batch
 */
public record CleanerSettings(
        int threads,
        long dedupeBytes,
        double dedupeLoadFactor,
        int bufferBytes,
        double ioBytesPerSecondMax,
        Duration backoff,
        int inflatedBytesMax) {

    /** More would only wait for each other's disks. */
    public static final int THREADS_MAX = 16;

    /** Kafka's defaults. */
    public static final CleanerSettings STANDARD =
            new CleanerSettings(
                    1,
                    128L << 20,
                    0.9,
                    512 << 10,
                    Double.MAX_VALUE,
                    Duration.ofSeconds(15),
                    64 << 20);

    public CleanerSettings {
        threads = Math.clamp(threads, 0, THREADS_MAX);
        if (dedupeBytes < 0
                || bufferBytes < 0
                || ioBytesPerSecondMax <= 0
                || backoff.isNegative()) {
            throw new IllegalArgumentException("sizes and times of compaction are positive");
        }
    }

    /** What one pass may remember. */
    long dedupeBytesOfOne() {
        return dedupeBytes / Math.max(1, threads);
    }

    int bufferBytesOfOne() {
        return Math.max(4 << 10, bufferBytes / Math.max(1, threads));
    }
}
