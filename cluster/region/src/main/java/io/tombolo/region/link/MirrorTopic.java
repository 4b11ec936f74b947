package io.tombolo.region.link;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A mirror topic as the metadata image has it.
 *
 * @param topicId its id here; that of the source unless the source has none, or its name is another
 *     one
 * @param origin what it was made from
 * @param configs the configurations set on it, overrides only
 * @param followed those that its link has set, as the source had them; what differs was chosen here
 */
public record MirrorTopic(
        String name,
        Uuid topicId,
        Origin origin,
        int partitionCount,
        State state,
        SortedMap<String, String> configs,
        SortedMap<String, String> followed) {

    public MirrorTopic {
        configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        followed = Collections.unmodifiableSortedMap(new TreeMap<>(followed));
    }

    /**
     * What a mirror topic was made from.
     *
     * @param topicId the id at the source; {@link Uuid#ZERO_UUID} when the source is too old to
     *     have ids
     * @param starts by partition, the offset that its copy begins at; those beyond the list begin
     *     at the first that the source has
     * @param left the ids of the source topics whose copies had its name before, oldest first; it
     *     never becomes a copy of one of these again
     */
    public record Origin(Uuid topicId, List<Long> starts, List<Uuid> left) {

        /** The oldest are forgotten. */
        public static final int LEFT_MAX = 100;

        public Origin {
            starts = List.copyOf(starts);
            left = List.copyOf(left.subList(Math.max(0, left.size() - LEFT_MAX), left.size()));
        }

        /** That of the first copy of its name. */
        public Origin(Uuid topicId, List<Long> starts) {
            this(topicId, starts, List.of());
        }

        /** That of a copy of another source topic that takes the place of this one's. */
        public Origin leaveFor(Uuid other) {
            return new Origin(
                    other, List.of(), Stream.concat(left.stream(), Stream.of(topicId)).toList());
        }

        /** Whether a copy of that source topic may take the place of this one's. */
        public boolean mayLeaveFor(Uuid other) {
            return !topicId.equals(Uuid.ZERO_UUID)
                    && !other.equals(Uuid.ZERO_UUID)
                    && !topicId.equals(other)
                    && !left.contains(other);
        }

        /** Where the copy of a partition begins, unless the source begins above it. */
        public long startOf(int partition) {
            return partition < starts.size() ? starts.get(partition) : 0;
        }
    }

    /** The id of its source. */
    public Uuid sourceTopicId() {
        return origin.topicId();
    }

    /**
     * Offsets of a partition that its source deleted before they were copied. The copy goes on
     * behind them.
     *
     * @param fromOffset the first that is missing
     * @param toOffset the first behind them
     */
    public record Gap(long fromOffset, long toOffset) {

        public Gap {
            if (fromOffset < 0 || toOffset <= fromOffset) {
                throw new IllegalArgumentException(
                        "no gap reaches from %d to %d".formatted(fromOffset, toOffset));
            }
        }

        /** Whether all that is missing in the other one is missing in this one. */
        public boolean covers(Gap other) {
            return fromOffset <= other.fromOffset && other.toOffset <= toOffset;
        }

        /** What is missing in either, and between them. */
        public Gap with(Gap other) {
            return new Gap(
                    Math.min(fromOffset, other.fromOffset), Math.max(toOffset, other.toOffset));
        }
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
