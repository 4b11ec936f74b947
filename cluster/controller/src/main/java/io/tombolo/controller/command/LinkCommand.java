package io.tombolo.controller.command;

import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Collections;
import java.util.List;
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
     * @param sourceTopicId taken as the id here too, unless it is zero or the link renames
     * @param starts by partition, the offset at the source that the copy begins at
     */
    record CreateMirrorTopic(
            LinkName link,
            String topic,
            Uuid sourceTopicId,
            int partitionCount,
            List<Long> starts,
            SortedMap<String, String> configs)
            implements LinkCommand<TopicCommand.CreatedTopic> {

        public CreateMirrorTopic {
            starts = List.copyOf(starts);
            configs = Collections.unmodifiableSortedMap(new TreeMap<>(configs));
        }

        /** A copy that begins where its source does. */
        public CreateMirrorTopic(
                LinkName link,
                String topic,
                Uuid sourceTopicId,
                int partitionCount,
                SortedMap<String, String> configs) {
            this(link, topic, sourceTopicId, partitionCount, List.of(), configs);
        }
    }

    /**
     * Deletes a mirror topic that has failed, because its source topic was made anew, and makes a
     * copy of the new one in its place; both or neither.
     *
     * @param left the id of the source topic that it was a copy of
     */
    record RestartMirrorTopic(CreateMirrorTopic copy, Uuid left)
            implements LinkCommand<TopicCommand.CreatedTopic> {}

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
     * Writes down which offsets of mirror partitions their source deleted before they were copied,
     * so that the copies may go on behind them. Refused unless the topics are mirrors.
     */
    record RecordGaps(SortedMap<PartitionId, MirrorTopic.Gap> gaps)
            implements LinkCommand<Applied> {

        public RecordGaps {
            gaps = Collections.unmodifiableSortedMap(new TreeMap<>(gaps));
        }
    }

    /**
     * First step of a promotion: all mirror topics of a link go to STOPPING, so that nothing is
     * appended to them any more. Answered with the partitions that are to be settled.
     */
    record BeginPromotion(LinkName link, String cause)
            implements LinkCommand<SortedSet<PartitionId>> {}

    /**
     * Second step, by the leader of each partition: where the copy ended. What is no news is passed
     * over, and so is a leader of another epoch than the one in force: the one that leads now will
     * tell.
     *
     * @param ownershipEpoch under which the region takes over; refused unless it is the one in
     *     force
     */
    record SettleMirrorPartitions(
            LinkName link, long ownershipEpoch, SortedMap<PartitionId, Settled> settled)
            implements LinkCommand<Applied> {

        public SettleMirrorPartitions {
            settled = Collections.unmodifiableSortedMap(new TreeMap<>(settled));
        }
    }

    /**
     * Where a copy ended, in the eyes of its leader.
     *
     * @param leaderEpoch of the leadership that tells
     * @param open transactions that have not ended in it
     */
    record Settled(int leaderEpoch, CopyEnd end, OpenTransactions open) {}

    /**
     * Third step, by the leader of each partition of {@code __consumer_offsets}: no group there is
     * beyond the ends of these topics any more. A topic whose partitions have all settled and whose
     * groups have all been clamped gets leader epochs above the mirrored ones and is STOPPED, which
     * makes it writable; whoever brings the last piece makes it so. Topics that have not settled
     * are passed over.
     *
     * @param ownershipEpoch under which the region takes over; refused unless it is the one in
     *     force
     * @param leaderEpoch of the leadership of the offsets partition; nothing happens under another
     *     one than that in force
     */
    record ClampMirrorOffsets(
            LinkName link,
            long ownershipEpoch,
            int offsetsPartition,
            int leaderEpoch,
            Clamped clamped)
            implements LinkCommand<Applied> {}

    /** The topics within whose ends groups are, and the positions that were not. */
    record Clamped(SortedSet<Uuid> topicIds, List<ClampedPosition> positions) {

        public Clamped {
            topicIds = Collections.unmodifiableSortedSet(new TreeSet<>(topicIds));
            positions = List.copyOf(positions);
        }
    }

    /**
     * Last step, where transactions were left open, by the leader of each partition of a topic that
     * is STOPPED: which it has found, before it ends them; and that none is open any more. What is
     * no news is passed over, and so is a leader of another epoch than the one in force.
     *
     * @param ownershipEpoch under which the region takes over; refused unless it is the one in
     *     force
     */
    record AbortMirrorTransactions(
            LinkName link, long ownershipEpoch, SortedMap<PartitionId, Aborting> partitions)
            implements LinkCommand<Applied> {

        public AbortMirrorTransactions {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * How far a leader is with the transactions that were left open.
     *
     * @param leaderEpoch of the leadership that tells
     * @param found those that are open
     * @param done whether it has ended them, and no election brings them back
     */
    record Aborting(int leaderEpoch, OpenTransactions found, boolean done) {}

    /**
     * Beside the last step, by the leader of each partition of a topic that is STOPPED, also of one
     * without open transactions: which of those that are open elsewhere are committed there. What
     * is known already is passed over, and so is a leader of another epoch than the one in force.
     *
     * @param ownershipEpoch under which the region takes over; refused unless it is the one in
     *     force
     */
    record CompareMirrorTransactions(
            LinkName link, long ownershipEpoch, SortedMap<PartitionId, Compared> partitions)
            implements LinkCommand<Applied> {

        public CompareMirrorTransactions {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * What a leader has found.
     *
     * @param leaderEpoch of the leadership that tells
     */
    record Compared(int leaderEpoch, List<TornTransaction> torn) {

        public Compared {
            torn = List.copyOf(torn);
        }
    }

    /**
     * Makes every topic of the link that is STOPPING writable, without what is still missing.
     * Partitions that had not settled take writes once they have a leader that has ended the
     * transactions left open there.
     *
     * @param ownershipEpoch under which the region takes over; refused unless it is the one in
     *     force
     */
    record CompletePromotion(LinkName link, long ownershipEpoch)
            implements LinkCommand<Promotion> {}

    /**
     * Lets topics that another region has taken over come back as mirrors of what that region has:
     * first step of a failback. Nothing changes for a topic that is back already under this epoch,
     * or is not here. Refused unless the other region owns the link's topics under this epoch.
     *
     * @param copies by topic and partition, where the copy ended that the other region took over
     */
    record BeginReturn(
            LinkName link, long ownershipEpoch, SortedMap<Uuid, SortedMap<Integer, CopyEnd>> copies)
            implements LinkCommand<Applied> {

        public BeginReturn {
            copies = Collections.unmodifiableSortedMap(new TreeMap<>(copies));
        }
    }

    /**
     * Second step, by the leader of each partition: what only this region has. What is no news is
     * passed over, and so is a leader of another epoch than the one in force. Where nothing is, or
     * once it is exported, all replicas are told to cut; whoever brings the last piece of a topic
     * tells them.
     */
    record ReportDivergence(
            LinkName link, long ownershipEpoch, SortedMap<PartitionId, Diverged> partitions)
            implements LinkCommand<Applied> {

        public ReportDivergence {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * What a leader has found.
     *
     * @param leaderEpoch of the leadership that tells
     */
    record Diverged(int leaderEpoch, Divergence divergence) {}

    /**
     * Third step, by whoever asked for the failback: what only this region has of these partitions
     * was copied elsewhere.
     *
     * @param partitions where to, for people
     */
    record ConfirmExport(
            LinkName link, long ownershipEpoch, SortedMap<PartitionId, String> partitions)
            implements LinkCommand<Applied> {

        public ConfirmExport {
            partitions = Collections.unmodifiableSortedMap(new TreeMap<>(partitions));
        }
    }

    /**
     * Last step, by every broker: its replicas of these partitions are cut. A topic goes to
     * MIRRORING when those that lead its partitions have.
     */
    record ConfirmCut(
            LinkName link, long ownershipEpoch, int brokerId, SortedSet<PartitionId> partitions)
            implements LinkCommand<Applied> {

        public ConfirmCut {
            partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
        }
    }

    /**
     * What a forced end of a promotion came to.
     *
     * @param stopped topics that are writable by now
     * @param waiting partitions that had not settled
     */
    record Promotion(SortedSet<Uuid> stopped, SortedSet<PartitionId> waiting) {

        public Promotion {
            stopped = Collections.unmodifiableSortedSet(new TreeSet<>(stopped));
            waiting = Collections.unmodifiableSortedSet(new TreeSet<>(waiting));
        }
    }
}
