package io.tombolo.region.topology;

import java.util.Map;

/**
 * The topics that the file declares, and what it says about topics in general.
 *
 * @param defaults applied already to every declared topic
 * @param declared by topic name
 */
public record Topics(Defaults defaults, Map<String, Topic> declared) {

    public Topics {
        declared = Topology.inOrder(declared);
    }

    /**
     * One declared topic.
     *
     * @param name a legal Kafka topic name
     * @param in name of the region, or of the stretch cluster, that owns it
     * @param config Kafka's topic config names; values validated and in Kafka's own units
     */
    public record Topic(
            String name, String in, int partitions, int replicas, Map<String, String> config) {

        public Topic {
            config = Topology.inOrder(config);
        }
    }

    /** {@code defaults.topic}: 1 partition, 1 replica and no config unless the file says so. */
    public record Defaults(int partitions, int replicas, Map<String, String> config) {

        /** What holds when the file has no {@code defaults:}. */
        public static final Defaults STANDARD = new Defaults(1, 1, Map.of());

        public Defaults {
            config = Topology.inOrder(config);
        }
    }
}
