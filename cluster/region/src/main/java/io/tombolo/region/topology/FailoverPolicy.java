package io.tombolo.region.topology;

import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.link.NameFilter;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One entry of {@code failover:}: what {@code tombolo failover <policy>} does and when it refuses.
 *
 * @param follows the link whose target takes over
 * @param groups which consumer groups move along; all those of the link unless the file says less
 * @param fence of a source that is Apache Kafka; the regions of this file fence themselves
 */
public record FailoverPolicy(
        PolicyName name,
        LinkName follows,
        NameFilter groups,
        Moves moves,
        Fence fence,
        RefuseIf refuseIf,
        Automatic automatic) {

    /**
     * The policies that follow a link, by its {@linkplain LinkEntry#settings settings}.
     *
     * @throws IllegalArgumentException when a value is none
     */
    public static List<FailoverPolicy> following(
            LinkName link, SortedMap<String, String> settings) {
        return LinkSettings.policies(link, settings);
    }

    /** What the old region tells its clients once it has lost the topics. */
    public enum Moves {
        /** Nothing: it refuses writes. */
        NOTHING,
        /** It sends them to the new region. */
        CLIENTS
    }

    /** How a planned failover keeps a source from taking writes that is not ours. */
    public enum Fence {
        /** Not at all: it is refused. */
        REFUSE,
        /** By rules of the source that deny everybody to write to the topics. */
        ACLS
    }

    /**
     * When the command refuses unless forced.
     *
     * @param lagOver more unreplicated time than this, when given
     * @param sourceReachableAndWriting whether a source that still takes writes is a reason
     */
    public record RefuseIf(Optional<Duration> lagOver, boolean sourceReachableAndWriting) {

        /** The safe choice: no bound on lag, never with a source that goes on writing. */
        public static final RefuseIf STANDARD = new RefuseIf(Optional.empty(), true);
    }

    /** Who starts a failover. */
    public sealed interface Automatic {

        /** An operator only. */
        record Never() implements Automatic {}

        /**
         * The product, when the source has been silent.
         *
         * @param after how long the silence must last
         * @param witnessesNeeded how many of the witnesses must agree; 0 when none are asked
         */
        record After(Duration after, int witnessesNeeded, List<String> witnesses)
                implements Automatic {

            public After {
                witnesses = List.copyOf(witnesses);
            }
        }
    }
}
