package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerBeat;
import io.tombolo.coordinator.runtime.Producer;
import io.tombolo.coordinator.runtime.Ticket;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData.DeletableGroupResult;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Map;

/** What may be asked of the groups of one partition. Messages in it are never changed. */
public sealed interface GroupCommand {

    /**
     * JoinGroup.
     *
     * @param newMemberId what to call the member if it has no id yet; unique
     * @param topics of the region, as the broker that was asked knows them
     */
    record Join(
            JoinGroupRequestData request,
            short version,
            Origin origin,
            String newMemberId,
            ClusterTopics topics,
            Ticket<JoinGroupResponseData> ticket)
            implements GroupCommand {}

    /** SyncGroup. */
    record Sync(
            SyncGroupRequestData request,
            ClusterTopics topics,
            Ticket<SyncGroupResponseData> ticket)
            implements GroupCommand {}

    /** Heartbeat. */
    record Beat(
            HeartbeatRequestData request,
            ClusterTopics topics,
            Ticket<HeartbeatResponseData> ticket)
            implements GroupCommand {}

    /**
     * ConsumerGroupHeartbeat.
     *
     * @param sessionMs how long the member may be silent
     */
    record ConsumerHeartbeat(
            ConsumerBeat beat, int sessionMs, Ticket<ConsumerGroupHeartbeatResponseData> ticket)
            implements GroupCommand {}

    /** LeaveGroup, by one member or for several. */
    record Leave(String group, List<MemberIdentity> members, Ticket<LeaveGroupResponseData> ticket)
            implements GroupCommand {}

    /** OffsetCommit, its topics looked up already. */
    record Commit(
            Committer committer,
            List<PartitionCommit> partitions,
            Ticket<OffsetCommitResponseData> ticket)
            implements GroupCommand {}

    /**
     * TxnOffsetCommit, its topics looked up already: counts once the producer's transaction is
     * committed.
     */
    record CommitInTransaction(
            Committer committer,
            Producer producer,
            List<PartitionCommit> partitions,
            Ticket<TxnOffsetCommitResponseData> ticket)
            implements GroupCommand {}

    /** OffsetFetch that must see what is being committed. */
    record FetchStable(OffsetFetchRequestGroup request, Ticket<OffsetFetchResponseGroup> ticket)
            implements GroupCommand {}

    /** OffsetDelete, of topics that exist. */
    record DeleteOffsets(
            OffsetDeleteRequestData request, Ticket<Stretch<OffsetDeleteResponseData>> ticket)
            implements GroupCommand {}

    /** DeleteGroups, of one group. */
    record DeleteGroup(String group, Ticket<Stretch<DeletableGroupResult>> ticket)
            implements GroupCommand {}

    /** Offsets brought by a link. */
    record CommitMirrored(
            String group,
            Map<TopicPartition, CommittedOffset> offsets,
            Ticket<MirroredCommit> ticket)
            implements GroupCommand {}

    /** What became of offsets that a link wanted to commit. */
    sealed interface MirroredCommit {

        /** All of them are committed. */
        record Stored() implements MirroredCommit {}

        /** None is: the group has members here, whose own commits win. */
        record InUse(int memberCount) implements MirroredCommit {}

        /** None is: the coordinator cannot do it, or not now. */
        record Unavailable(Errors error) implements MirroredCommit {}
    }

    /** No offset may lie beyond these log ends; answers how many did. */
    record Clamp(Map<TopicPartition, Long> logEndOffsets, Ticket<Stretch<Integer>> ticket)
            implements GroupCommand {}

    /** A topic is gone; answers how many offsets went with it. */
    record ForgetTopic(String topic, Uuid topicId, Ticket<Stretch<Integer>> ticket)
            implements GroupCommand {}

    /**
     * What one step of work that may take several has come to: a step writes only so much.
     *
     * @param result of what was done; of all of it when there is no more
     * @param more whether it stopped before the end: the same is to be asked again
     */
    record Stretch<R>(R result, boolean more) {}

    /** Where a member runs. */
    record Origin(String clientId, String clientHost) {}

    /** Who commits, as far as it says. */
    record Committer(
            String group,
            int generation,
            String memberId,
            @Nullable String instanceId,
            short version) {}

    /**
     * One partition of a commit.
     *
     * @param offset ignored when there is an error already
     */
    record PartitionCommit(
            String topic, Uuid topicId, int partition, CommittedOffset offset, Errors error) {}
}
