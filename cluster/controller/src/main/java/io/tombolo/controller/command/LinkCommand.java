package io.tombolo.controller.command;

import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Links and mirror topics. What is so already succeeds and changes nothing. An unknown link is
 * refused with RESOURCE_NOT_FOUND, an unknown topic with UNKNOWN_TOPIC_OR_PARTITION, what the state
 * forbids with INVALID_REQUEST.
 */
public sealed interface LinkCommand<A> extends Command<A> {

    /** Defines a link or replaces its definition; a link's id and regions never change. */
    record DefineLink(LinkDefined definition) implements LinkCommand<Applied> {}

    /** Holds a whole link. */
    record PauseLink(LinkName link) implements LinkCommand<Applied> {}

    /** Lets a held link go on. */
    record ResumeLink(LinkName link) implements LinkCommand<Applied> {}

    /** Removes a link; refused while it has mirror topics that are not stopped. */
    record RemoveLink(LinkName link) implements LinkCommand<Applied> {}

    /**
     * Makes a mirror topic with the region's default replication factor. Refused with
     * TOPIC_ALREADY_EXISTS when another topic has the name or the id.
     *
     * @param sourceTopicId taken as the id here too, unless it is zero
     */
    record CreateMirrorTopic(
            LinkName link,
            String topic,
            Uuid sourceTopicId,
            int partitionCount,
            SortedMap<String, String> configs)
            implements LinkCommand<TopicCommand.CreatedTopic> {

        public CreateMirrorTopic {
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }
    }

    /** Adds partitions to a mirror topic until it has as many as its source. */
    record GrowMirrorTopic(LinkName link, String topic, int partitionCount)
            implements LinkCommand<Applied> {}

    /**
     * Changes the state of a mirror topic among MIRRORING, PAUSED and FAILED, or to STOPPING. A
     * topic that is STOPPING or STOPPED does not go back, and only {@link CompletePromotion} stops
     * one.
     *
     * @param reason for people; may be empty
     */
    record SetMirrorTopicState(LinkName link, String topic, MirrorTopic.State state, String reason)
            implements LinkCommand<Applied> {}

    /** Raises leader epochs to at least the given values; leaders stay. */
    record RaiseLeaderEpochs(SortedMap<PartitionId, Integer> atLeast)
            implements LinkCommand<Applied> {

        public RaiseLeaderEpochs {
            atLeast = Collections.unmodifiableSortedMap(new TreeMap<>(atLeast));
        }
    }

    /**
     * First phase of a promotion: all mirror topics of a link go to STOPPING, so that nothing is
     * appended to them any more. Answered with the partitions whose last mirrored epochs are wanted
     * for the second phase.
     */
    record BeginPromotion(LinkName link, String cause)
            implements LinkCommand<SortedSet<PartitionId>> {}

    /**
     * Second phase: each topic of the link that is STOPPING and whose partitions are all named gets
     * leader epochs above the mirrored ones and is STOPPED, which makes it writable.
     *
     * @param mirroredEpochs the highest leader epoch in each partition's log, -1 when it is empty
     */
    record CompletePromotion(LinkName link, SortedMap<PartitionId, Integer> mirroredEpochs)
            implements LinkCommand<Promotion> {

        public CompletePromotion {
            mirroredEpochs = Collections.unmodifiableSortedMap(new TreeMap<>(mirroredEpochs));
        }
    }

    /**
     * Where a promotion stands.
     *
     * @param stopped topics that are writable by now
     * @param waiting partitions of topics that are STOPPING and were not all named
     */
    record Promotion(SortedSet<Uuid> stopped, SortedSet<PartitionId> waiting) {

        public Promotion {
            stopped = Collections.unmodifiableSortedSet(new TreeSet<>(stopped));
            waiting = Collections.unmodifiableSortedSet(new TreeSet<>(waiting));
        }
    }
}
