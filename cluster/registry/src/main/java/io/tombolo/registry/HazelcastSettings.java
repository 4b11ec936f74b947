package io.tombolo.registry;

import io.tombolo.environment.Endpoint;

import java.time.Duration;
import java.util.List;

/**
 * How one broker takes part.
 *
 * @param clusterId of the region: members of others are not let in
 * @param self where this one listens, and the only address that it binds
 * @param all of the region, this one included
 * @param timing how soon a silent member is missed
 */
public record HazelcastSettings(
        String clusterId, String name, Endpoint self, List<Endpoint> all, Timing timing) {

    public HazelcastSettings {
        all = List.copyOf(all);
        if (!all.contains(self)) {
            throw new IllegalArgumentException(self + " is not among " + all);
        }
    }

    /** How many members are most of the region. */
    int majority() {
        return all.size() / 2 + 1;
    }

    /**
     * @param heartbeat between signs of life
     * @param silenceMax after which a member is gone
     * @param merge how often two halves look for each other
     */
    public record Timing(Duration heartbeat, Duration silenceMax, Duration merge) {

        /** Within a region. */
        public static final Timing STANDARD =
                new Timing(Duration.ofSeconds(1), Duration.ofSeconds(10), Duration.ofSeconds(10));
    }
}
