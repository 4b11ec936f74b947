package io.tombolo.controller.replica;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;

import java.util.Optional;

/**
 * When records of a topic count as safe: the topic's own configs, then those of all brokers, then
 * these.
 *
 * @param inSyncMin Kafka's min.insync.replicas; at least 1
 * @param uncleanElection Kafka's unclean.leader.election.enable
 */
public record SafetyRules(int inSyncMin, boolean uncleanElection) {

    /** Kafka's name of the config that decides how far an in-sync set may shrink. */
    public static final String MIN_IN_SYNC = "min.insync.replicas";

    private static final String UNCLEAN = "unclean.leader.election.enable";

    public SafetyRules {
        if (inSyncMin < 1) {
            throw new IllegalArgumentException("at least one replica must be in sync");
        }
    }

    /** The rules in force for a topic. */
    public SafetyRules of(String topic, MetadataImage image) {
        return new SafetyRules(
                value(topic, MIN_IN_SYNC, image).map(Integer::parseInt).orElse(inSyncMin),
                value(topic, UNCLEAN, image).map(Boolean::parseBoolean).orElse(uncleanElection));
    }

    /** These rules, with an unclean election when there is no other way. */
    public SafetyRules withUncleanElection() {
        return new SafetyRules(inSyncMin, true);
    }

    private static Optional<String> value(String topic, String key, MetadataImage image) {
        return image.configs()
                .value(ConfigResource.topic(topic), key)
                .or(() -> image.configs().value(ConfigResource.allBrokers(), key));
    }
}
