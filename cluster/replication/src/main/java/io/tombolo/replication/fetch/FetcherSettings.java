package io.tombolo.replication.fetch;

import java.time.Duration;

/**
 * How a broker fetches from leaders.
 *
 * @param waitMax how long a leader may wait for records ({@code replica.fetch.wait.max.ms})
 * @param bytesMin what it waits for ({@code replica.fetch.min.bytes})
 * @param responseBytesMax soft limit of an answer ({@code replica.fetch.response.max.bytes})
 * @param partitionBytesMax soft limit for one partition ({@code replica.fetch.max.bytes})
 * @param pauseFirst before a partition, or the leader, is asked again after an error; it doubles
 *     with every further one
 * @param pauseMax its bound ({@code replica.fetch.backoff.ms})
 */
public record FetcherSettings(
        Duration waitMax,
        int bytesMin,
        int responseBytesMax,
        int partitionBytesMax,
        Duration pauseFirst,
        Duration pauseMax) {

    /** Kafka's defaults. */
    public static final FetcherSettings STANDARD =
            new FetcherSettings(
                    Duration.ofMillis(500),
                    1,
                    10 << 20,
                    1 << 20,
                    Duration.ofMillis(50),
                    Duration.ofSeconds(1));

    /** The pause after so many errors in a row, at least one. */
    long pauseNanos(int errorCount) {
        return Math.min(pauseFirst.toNanos() << Math.min(errorCount - 1, 20), pauseMax.toNanos());
    }
}
