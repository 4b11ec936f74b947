package io.tombolo.broker.replica;

import io.tombolo.region.config.BrokerConfig;
import io.tombolo.replication.fetch.FetcherSettings;

import java.time.Duration;

/**
 * How this broker replicates.
 *
 * @param lagMax how long a follower may be behind before it leaves the ISR
 * @param answerMax how long a leader may take to answer before its connection is given up
 * @param session after how long a silence the controller fences a broker
 */
public record ReplicaSettings(
        FetcherSettings fetching, Duration lagMax, Duration answerMax, Duration session) {

    /** Before an error is tried again for the first time; Kafka waits the longest time at once. */
    private static final Duration PAUSE_FIRST = Duration.ofMillis(20);

    /** What Kafka's own names mean. */
    public static ReplicaSettings of(BrokerConfig config) {
        var pauseMax = Duration.ofMillis(config.number("replica.fetch.backoff.ms"));
        var fetching =
                new FetcherSettings(
                        Duration.ofMillis(config.number("replica.fetch.wait.max.ms")),
                        config.integer("replica.fetch.min.bytes"),
                        config.integer("replica.fetch.response.max.bytes"),
                        config.integer("replica.fetch.max.bytes"),
                        pauseMax.compareTo(PAUSE_FIRST) < 0 ? pauseMax : PAUSE_FIRST,
                        pauseMax);
        return new ReplicaSettings(
                fetching,
                Duration.ofMillis(config.number("replica.lag.time.max.ms")),
                Duration.ofMillis(config.number("replica.socket.timeout.ms")),
                Duration.ofMillis(config.number("broker.session.timeout.ms")));
    }
}
