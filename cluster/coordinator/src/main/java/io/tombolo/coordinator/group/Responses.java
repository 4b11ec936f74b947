package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.GroupCommand.PartitionCommit;

import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.JoinGroupResponseData.JoinGroupResponseMember;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponsePartition;
import org.apache.kafka.common.message.OffsetCommitResponseData.OffsetCommitResponseTopic;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponsePartition;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData.TxnOffsetCommitResponseTopic;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;

/** Responses of more than one origin. */
public final class Responses {

    private Responses() {}

    /**
     * A member's place in the current generation.
     *
     * @param withMembers whether it is told of the others, in order to assign
     */
    static JoinGroupResponseData joined(ClassicGroup group, String memberId, boolean withMembers) {
        var generation = group.generation();
        String leaderId = generation.leaderId();
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setGenerationId(generation.number())
                .setProtocolType(generation.protocolType())
                .setProtocolName(generation.protocol())
                .setLeader(leaderId == null ? "" : leaderId)
                .setMembers(withMembers ? members(group) : List.of());
    }

    private static List<JoinGroupResponseMember> members(ClassicGroup group) {
        var members = new ArrayList<JoinGroupResponseMember>(group.roster().size());
        for (Member member : group.roster().all()) {
            members.add(
                    new JoinGroupResponseMember()
                            .setMemberId(member.id())
                            .setGroupInstanceId(member.instanceId())
                            .setMetadata(member.metadata(group.generation().protocol())));
        }
        return members;
    }

    /** The member may not join, or not now. */
    public static JoinGroupResponseData joinRefused(String memberId, Errors error) {
        return new JoinGroupResponseData()
                .setMemberId(memberId)
                .setProtocolName(null)
                .setErrorCode(error.code());
    }

    static SyncGroupResponseData synced(ClassicGroup group, Member member) {
        return new SyncGroupResponseData()
                .setProtocolType(group.generation().protocolType())
                .setProtocolName(group.generation().protocol())
                .setAssignment(member.assignment());
    }

    /** The member gets no assignment, or not now. */
    public static SyncGroupResponseData syncRefused(Errors error) {
        return new SyncGroupResponseData().setErrorCode(error.code());
    }

    /** Results of a commit, in the order of the request. Mutable; lives for one step. */
    public static final class CommitResults {

        private final List<OffsetCommitResponseTopic> topics = new ArrayList<>();

        /** The next partition. */
        public void add(PartitionCommit partition, Errors error) {
            OffsetCommitResponseTopic topic = topics.isEmpty() ? null : topics.getLast();
            if (topic == null
                    || !topic.name().equals(partition.topic())
                    || !topic.topicId().equals(partition.topicId())) {
                topic =
                        new OffsetCommitResponseTopic()
                                .setName(partition.topic())
                                .setTopicId(partition.topicId());
                topics.add(topic);
            }
            topic.partitions()
                    .add(
                            new OffsetCommitResponsePartition()
                                    .setPartitionIndex(partition.partition())
                                    .setErrorCode(error.code()));
        }

        /** All of them. */
        public OffsetCommitResponseData response() {
            return new OffsetCommitResponseData().setTopics(topics);
        }
    }

    /** Results of a commit in a transaction, in the order of the request. */
    public static final class TransactionResults {

        private final List<TxnOffsetCommitResponseTopic> topics = new ArrayList<>();

        /** The next partition. */
        public void add(PartitionCommit partition, Errors error) {
            TxnOffsetCommitResponseTopic topic = topics.isEmpty() ? null : topics.getLast();
            if (topic == null
                    || !topic.name().equals(partition.topic())
                    || !topic.topicId().equals(partition.topicId())) {
                topic =
                        new TxnOffsetCommitResponseTopic()
                                .setName(partition.topic())
                                .setTopicId(partition.topicId());
                topics.add(topic);
            }
            topic.partitions()
                    .add(
                            new TxnOffsetCommitResponsePartition()
                                    .setPartitionIndex(partition.partition())
                                    .setErrorCode(error.code()));
        }

        /** All of them. */
        public TxnOffsetCommitResponseData response() {
            return new TxnOffsetCommitResponseData().setTopics(topics);
        }
    }
}
