package io.tombolo.region.link;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A mirror topic as the metadata image has it.
 *
 * @param topicId its id here; that of the source unless the source has none
 * @param sourceTopicId the id at the source when it was made; {@link Uuid#ZERO_UUID} when the
 *     source is too old to have ids
 * @param configs the configurations set on it, overrides only
 * @param followed those that its link has set, as the source had them; what differs was chosen here
 */
public record MirrorTopic(
        String name,
        Uuid topicId,
        Uuid sourceTopicId,
        int partitionCount,
        State state,
        SortedMap<String, String> configs,
        SortedMap<String, String> followed) {

    public MirrorTopic {
        configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        followed = Collections.unmodifiableSortedMap(new TreeMap<>(followed));
    }

    /** The life of a mirror topic. Only {@link #STOPPED} is writable. */
    public enum State {
        /** It follows the source. */
        MIRRORING,
        /** It follows the source again when asked to. */
        PAUSED,
        /** It cannot follow the source; someone has to decide. */
        FAILED,
        /** Nothing is appended by a link any more; not writable yet. */
        STOPPING,
        /** An ordinary topic. */
        STOPPED,
        /**
         * Another region has taken it over: what that one does not have is found, exported and cut
         * off here, then it follows that region.
         */
        RETURNING
    }
}
