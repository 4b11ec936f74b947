package io.tombolo.raft.core;

import java.time.Duration;

/**
 * How patient and how large; parsed once at the edge. The names of Kafka's settings that stand for
 * these begin with {@code controller.quorum.}: {@code election.timeout.ms}, {@code
 * election.backoff.max.ms}, {@code fetch.timeout.ms}, {@code request.timeout.ms}, {@code
 * retry.backoff.ms}, {@code fetch.max.bytes} and {@code fetch.snapshot.max.bytes}. Nothing stands
 * for {@code append.linger.ms}: proposals made during an fsync share the next one. What a replica
 * is and whom it knows ({@code voters}, {@code bootstrap.servers}, {@code auto.join.enable}) is in
 * {@link VoterSet.Enrolment} and beside it.
 *
 * @param reserveBytes room on the disk that is kept for the log alone; 0 for none
 */
public record RaftSettings(Timing timing, Bounds bounds, long reserveBytes) {

    /** Kafka's defaults. */
    public static final RaftSettings STANDARD =
            new RaftSettings(
                    new Timing(
                            Duration.ofMillis(1000),
                            Duration.ofMillis(1000),
                            Duration.ofMillis(2000),
                            Duration.ofMillis(2000),
                            Duration.ofMillis(20),
                            Duration.ofMillis(500)),
                    new Bounds(64L << 20, 8 << 20, 8 << 20, 1 << 20, 1000, 1 << 30),
                    1 << 20);

    public RaftSettings {
        if (reserveBytes < 0) {
            throw new IllegalArgumentException("the reserve must not be negative");
        }
    }

    /** Without a reserve. */
    public RaftSettings(Timing timing, Bounds bounds) {
        this(timing, bounds, 0);
    }

    /**
     * Times; all positive.
     *
     * @param election how long a voter without a leader waits, plus up to as much again by chance
     * @param electionBackoffMax longest pause after lost elections; an eighth of it after the first
     * @param fetch a follower that got no answer for this long looks for another leader; a leader
     *     that heard from no majority for one and a half times as long resigns
     * @param request an unanswered request is given up after this
     * @param retryBackoff pause before a failed request is repeated
     * @param fetchWait how long a leader may hold an answer without news; less than {@code request}
     *     and less than {@code fetch}
     */
    public record Timing(
            Duration election,
            Duration electionBackoffMax,
            Duration fetch,
            Duration request,
            Duration retryBackoff,
            Duration fetchWait) {

        public Timing {
            requirePositive(election, electionBackoffMax, fetch, request, retryBackoff, fetchWait);
            if (fetchWait.compareTo(request) >= 0 || fetchWait.compareTo(fetch) >= 0) {
                throw new IllegalArgumentException(
                        "fetchWait " + fetchWait + " must be less than request and fetch");
            }
        }

        private static void requirePositive(Duration... durations) {
            for (Duration each : durations) {
                if (each.isNegative() || each.isZero()) {
                    throw new IllegalArgumentException("every time must be positive");
                }
            }
        }
    }

    /**
     * Sizes; all positive.
     *
     * @param uncommittedBytesMax proposals beyond this are refused until some are committed
     * @param batchBytesMax largest batch that may be proposed
     * @param fetchBytesMax soft limit of one fetch answer
     * @param snapshotChunkBytesMax largest piece of a snapshot in one answer
     * @param observersMax observers that a leader keeps positions of; further ones are served and
     *     not remembered
     * @param segmentBytesMax a log segment that has grown to this is closed
     */
    public record Bounds(
            long uncommittedBytesMax,
            int batchBytesMax,
            int fetchBytesMax,
            int snapshotChunkBytesMax,
            int observersMax,
            int segmentBytesMax) {

        public Bounds {
            if (Math.min(uncommittedBytesMax, Math.min(batchBytesMax, fetchBytesMax)) <= 0
                    || Math.min(snapshotChunkBytesMax, Math.min(observersMax, segmentBytesMax))
                            <= 0) {
                throw new IllegalArgumentException("every bound must be positive");
            }
        }
    }
}
