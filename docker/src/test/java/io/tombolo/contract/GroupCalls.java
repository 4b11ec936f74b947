package io.tombolo.contract;

import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.stream.Stream;

/** Requests of the classic group protocol that many statements need. */
final class GroupCalls {

    static final int SESSION_MS = 30_000;
    static final int REBALANCE_MS = 30_000;

    private GroupCalls() {}

    /** Waits until the group's coordinator serves it. */
    static FindCoordinatorResponseData coordinatorOf(RawClient client, String group) {
        FindCoordinatorResponseData found =
                Eventually.eventually(
                        "a coordinator of " + group,
                        () -> findCoordinator(client, group),
                        answer -> answer.coordinators().getFirst().errorCode() == 0);
        Eventually.eventually(
                "the coordinator of " + group + " is loaded",
                () -> heartbeat(client, group, "nobody", 1),
                Errors.UNKNOWN_MEMBER_ID::equals);
        return found;
    }

    static FindCoordinatorResponseData findCoordinator(RawClient client, String... groups) {
        return client.call(
                new FindCoordinatorRequestData()
                        .setKeyType((byte) 0)
                        .setCoordinatorKeys(List.of(groups)),
                4);
    }

    static Errors heartbeat(RawClient client, String group, String member, int generation) {
        HeartbeatResponseData answer =
                client.call(
                        new HeartbeatRequestData()
                                .setGroupId(group)
                                .setMemberId(member)
                                .setGenerationId(generation),
                        4);
        return Errors.forCode(answer.errorCode());
    }

    static JoinGroupRequestData join(String group, String member, String... protocols) {
        var request =
                new JoinGroupRequestData()
                        .setGroupId(group)
                        .setSessionTimeoutMs(SESSION_MS)
                        .setRebalanceTimeoutMs(REBALANCE_MS)
                        .setMemberId(member)
                        .setProtocolType("consumer");
        Stream.of(protocols)
                .forEach(protocol ->
                        request.protocols()
                                .add(
                                        new JoinGroupRequestProtocol()
                                                .setName(protocol)
                                                .setMetadata(Batches.utf8("of " + protocol))));
        return request;
    }

    /**
     * Joins an empty group with an id that is fetched first, and leaves the id in the request.
     * Apache Kafka's sweep of expired groups also removes an empty one whose first member has its
     * id and has not joined yet: then it is told another id.
     */
    static JoinGroupResponseData joinFirst(RawClient client, JoinGroupRequestData request) {
        coordinatorOf(client, request.groupId());
        return Eventually.eventually(
                "the first member of " + request.groupId(),
                () -> {
                    JoinGroupResponseData hello = client.call(request.setMemberId(""), 9);
                    return client.call(request.setMemberId(hello.memberId()), 9);
                },
                joined -> joined.errorCode() != Errors.UNKNOWN_MEMBER_ID.code());
    }

    /** A stable group with this one member. */
    static JoinGroupResponseData stableAlone(RawClient client, String group) {
        JoinGroupResponseData joined = joinFirst(client, join(group, "", "range"));
        SyncGroupResponseData synced =
                client.call(sync(group, joined, assignment(joined.memberId(), "all")), 5);
        if (synced.errorCode() != Errors.NONE.code()) {
            throw new AssertionError(synced.toString());
        }
        return joined;
    }

    static SyncGroupRequestData sync(
            String group, JoinGroupResponseData joined, SyncGroupRequestAssignment... assignments) {
        return new SyncGroupRequestData()
                .setGroupId(group)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId())
                .setProtocolType(joined.protocolType())
                .setProtocolName(joined.protocolName())
                .setAssignments(List.of(assignments));
    }

    static SyncGroupRequestAssignment assignment(String member, String text) {
        return new SyncGroupRequestAssignment()
                .setMemberId(member)
                .setAssignment(Batches.utf8(text));
    }

    /** A commit outside of any generation, as tools and simple consumers send it. */
    static OffsetCommitRequestData commit(
            String group, Topic topic, OffsetCommitRequestPartition... partitions) {
        return new OffsetCommitRequestData()
                .setGroupId(group)
                .setGenerationIdOrMemberEpoch(-1)
                .setMemberId("")
                .setTopics(
                        List.of(
                                new OffsetCommitRequestTopic()
                                        .setName(topic.name())
                                        .setTopicId(topic.id())
                                        .setPartitions(List.of(partitions))));
    }

    static OffsetCommitRequestPartition committed(int partition, long offset) {
        return new OffsetCommitRequestPartition()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset)
                .setCommittedLeaderEpoch(-1)
                .setCommittedMetadata("");
    }

    static Errors commitError(RawClient client, OffsetCommitRequestData request, int version) {
        OffsetCommitResponseData answer = client.call(request, version);
        return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
    }

    /** What OffsetFetch 9 says of partition 0. */
    static OffsetFetchResponsePartitions committedOffset(
            RawClient client, String group, Topic topic) {
        var wanted =
                new OffsetFetchRequestTopics()
                        .setName(topic.name())
                        .setPartitionIndexes(List.of(0));
        var request =
                new OffsetFetchRequestData()
                        .setGroups(
                                List.of(
                                        new OffsetFetchRequestGroup()
                                                .setGroupId(group)
                                                .setTopics(List.of(wanted))));
        OffsetFetchResponseData answer = client.call(request, 9);
        var found = answer.groups().getFirst();
        if (found.errorCode() != Errors.NONE.code()) {
            throw new AssertionError(found.toString());
        }
        return found.topics().getFirst().partitions().getFirst();
    }
}
