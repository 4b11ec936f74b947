package io.tombolo.coordinator.runtime;

import java.time.Duration;

/**
 * Bounds of the runtime, each per partition.
 *
 * @param loadBytesMax how much of the log a load holds in memory, and replays in one turn of the
 *     loop
 * @param batchBytesMax records of several steps share an append up to this size; one step alone may
 *     exceed it, the log then decides
 * @param waitingMax clients that wait for an answer; more are refused with
 *     COORDINATOR_NOT_AVAILABLE
 * @param uncommittedMax batches that wait for the high watermark; with more of them, commands are
 *     refused with COORDINATOR_NOT_AVAILABLE
 * @param commitTimeout how long an answer may wait for the high watermark
 * @param retryPause between attempts to load, and before alarms run again after a refused append
 */
public record RuntimeSettings(
        int loadBytesMax,
        int batchBytesMax,
        int waitingMax,
        int uncommittedMax,
        Duration commitTimeout,
        Duration retryPause) {

    /** Loads go in small stretches because they share their loop with the data path. */
    public static final RuntimeSettings STANDARD =
            new RuntimeSettings(
                    256 << 10,
                    512 << 10,
                    1 << 17,
                    1 << 14,
                    Duration.ofSeconds(5),
                    Duration.ofMillis(500));

    public RuntimeSettings {
        if (Math.min(loadBytesMax, batchBytesMax) < 1 || Math.min(waitingMax, uncommittedMax) < 1) {
            throw new IllegalArgumentException("bounds of a coordinator must be at least 1");
        }
        if (commitTimeout.isNegative() || !retryPause.isPositive()) {
            throw new IllegalArgumentException("timeouts of a coordinator must not be negative");
        }
    }
}
