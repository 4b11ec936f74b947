package io.tombolo.region.topology;

import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The sections whose modules come later: checked for shape, so that a file written for a later
 * release is understood, and acted upon by nobody.
 */
public record LaterSections(
        Map<String, Stretch> stretch, Map<String, Mirror> mirrors, Map<String, User> users) {

    /** A file without any of them. */
    public static final LaterSections NONE = new LaterSections(Map.of(), Map.of(), Map.of());

    public LaterSections {
        stretch = Topology.inOrder(stretch);
        mirrors = Topology.inOrder(mirrors);
        users = Topology.inOrder(users);
    }

    /**
     * One synchronous cluster across regions.
     *
     * @param voters voters per region; a name that is no region is a witness site
     * @param observers asynchronous replicas per region
     */
    public record Stretch(
            Map<String, Integer> voters,
            Map<String, Integer> observers,
            PromoteObservers promoteObserversWhen) {

        public Stretch {
            voters = Topology.inOrder(voters);
            observers = Topology.inOrder(observers);
        }
    }

    /** When observers join the in-sync replicas. */
    public enum PromoteObservers {
        NEVER,
        UNDER_MIN_ISR,
        UNDER_REPLICATED,
        LEADER_IS_OBSERVER
    }

    /**
     * One renaming copy between two clusters.
     *
     * @param rename template with {@code {topic}}; {@code {topic}} alone keeps the name
     */
    public record Mirror(
            RegionId from,
            RegionId to,
            NameFilter topics,
            NameFilter groups,
            String rename,
            MirrorOffsets offsets) {}

    /** What a mirror does with committed offsets. */
    public enum MirrorOffsets {
        NONE,
        TRANSLATE
    }

    /**
     * One user and what it may do.
     *
     * @param credentials by mechanism; a mechanism with a secret is not among them
     * @param secrets by mechanism
     */
    public record User(
            Map<String, String> credentials, Map<String, Secret> secrets, List<Grant> can) {

        public User {
            credentials = Topology.inOrder(credentials);
            secrets = Topology.inOrder(secrets);
            can = List.copyOf(can);
        }
    }

    /**
     * One line of {@code can:}, such as {@code read orders.* as group billing-*}.
     *
     * @param resources patterns of topics, or of transactional ids for {@code transact}
     * @param group pattern of consumer groups, for {@code read}
     */
    public record Grant(Verb verb, List<String> resources, Optional<String> group) {

        public Grant {
            resources = List.copyOf(resources);
        }
    }

    /** What a user may do; the name in lower case is the word in the file. */
    public enum Verb {
        READ,
        WRITE,
        TRANSACT,
        CREATE,
        DELETE,
        ALTER,
        DESCRIBE,
        ADMIN
    }
}
