package io.tombolo.broker.quorum;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.PartitionState;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterPartitionRequestData;
import org.apache.kafka.common.message.AlterPartitionRequestData.BrokerState;
import org.apache.kafka.common.message.AlterPartitionResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * AlterPartition, versions 2 and 3. Version 2 does not tell the broker epochs of the members. When
 * what was proposed has completed a reassignment and somebody else leads now, the answer is
 * NEW_LEADER_ELECTED, as Kafka's. Pure.
 */
final class AlterPartitionCodec {

    private static final long UNKNOWN = -1;

    private AlterPartitionCodec() {}

    /** The request of version 3. */
    static AlterPartitionRequestData encode(AlterPartitions command) {
        var byTopic = new LinkedHashMap<Uuid, AlterPartitionRequestData.TopicData>();
        for (Proposal proposal : command.partitions()) {
            byTopic.computeIfAbsent(
                            proposal.partition().topicId(),
                            id -> new AlterPartitionRequestData.TopicData().setTopicId(id))
                    .partitions()
                    .add(partition(proposal));
        }
        return new AlterPartitionRequestData()
                .setBrokerId(command.brokerId())
                .setBrokerEpoch(command.brokerEpoch())
                .setTopics(new ArrayList<>(byTopic.values()));
    }

    private static AlterPartitionRequestData.PartitionData partition(Proposal proposal) {
        List<BrokerState> isr = new ArrayList<>();
        for (Member member : proposal.isr()) {
            isr.add(
                    new BrokerState()
                            .setBrokerId(member.brokerId())
                            .setBrokerEpoch(member.brokerEpoch()));
        }
        return new AlterPartitionRequestData.PartitionData()
                .setPartitionIndex(proposal.partition().index())
                .setLeaderEpoch(proposal.leaderEpoch())
                .setPartitionEpoch(proposal.partitionEpoch())
                .setLeaderRecoveryState(proposal.leaderRecovery().code())
                .setNewIsrWithEpochs(isr);
    }

    /**
     * @throws IllegalArgumentException when the request names what does not exist
     */
    static AlterPartitions decode(AlterPartitionRequestData request) {
        var proposals = new ArrayList<Proposal>();
        for (var topic : request.topics()) {
            for (var partition : topic.partitions()) {
                proposals.add(
                        new Proposal(
                                new PartitionId(topic.topicId(), partition.partitionIndex()),
                                partition.leaderEpoch(),
                                partition.partitionEpoch(),
                                members(partition),
                                LeaderRecovery.ofCode(partition.leaderRecoveryState())));
            }
        }
        return new AlterPartitions(request.brokerId(), request.brokerEpoch(), proposals);
    }

    private static List<Member> members(AlterPartitionRequestData.PartitionData partition) {
        return partition.newIsr().isEmpty()
                ? partition.newIsrWithEpochs().stream()
                        .map(one -> new Member(one.brokerId(), one.brokerEpoch()))
                        .toList()
                : partition.newIsr().stream().map(id -> new Member(id, UNKNOWN)).toList();
    }

    /** The response to a broker. */
    static AlterPartitionResponseData encode(
            int brokerId, Answer<Map<PartitionId, Answer<PartitionState>>> answer) {
        return switch (answer) {
            case Answer.Refused<Map<PartitionId, Answer<PartitionState>>>(var refusal) ->
                    new AlterPartitionResponseData().setErrorCode(refusal.error().code());
            case Answer.Done<Map<PartitionId, Answer<PartitionState>>>(var states) -> {
                var byTopic = new LinkedHashMap<Uuid, AlterPartitionResponseData.TopicData>();
                states.forEach((id, state) ->
                        byTopic.computeIfAbsent(
                                        id.topicId(),
                                        topic ->
                                                new AlterPartitionResponseData.TopicData()
                                                        .setTopicId(topic))
                                .partitions()
                                .add(partition(brokerId, id, state)));
                yield new AlterPartitionResponseData().setTopics(new ArrayList<>(byTopic.values()));
            }
        };
    }

    private static AlterPartitionResponseData.PartitionData partition(
            int brokerId, PartitionId id, Answer<PartitionState> answer) {
        var partition =
                new AlterPartitionResponseData.PartitionData().setPartitionIndex(id.index());
        return switch (answer) {
            case Answer.Refused<PartitionState>(var refusal) ->
                    partition.setErrorCode(refusal.error().code());
            case Answer.Done<PartitionState>(var state) when state.leader() != brokerId ->
                    partition.setErrorCode(Errors.NEW_LEADER_ELECTED.code());
            case Answer.Done<PartitionState>(var state) ->
                    partition
                            .setLeaderId(state.leader())
                            .setLeaderEpoch(state.leaderEpoch())
                            .setIsr(state.isr().asList())
                            .setLeaderRecoveryState(state.leaderRecovery().code())
                            .setPartitionEpoch(state.partitionEpoch());
        };
    }

    /** The states in a response without an error of its own. */
    static Map<PartitionId, Answer<PartitionState>> decode(AlterPartitionResponseData response) {
        var states = new LinkedHashMap<PartitionId, Answer<PartitionState>>();
        for (var topic : response.topics()) {
            for (var partition : topic.partitions()) {
                states.put(
                        new PartitionId(topic.topicId(), partition.partitionIndex()),
                        state(partition));
            }
        }
        return states;
    }

    private static Answer<PartitionState> state(
            AlterPartitionResponseData.PartitionData partition) {
        Errors error = Errors.forCode(partition.errorCode());
        if (error != Errors.NONE) {
            return new Refusal(error, String.valueOf(error.message())).answer();
        }
        return new Answer.Done<>(
                new PartitionState(
                        partition.leaderId(),
                        partition.leaderEpoch(),
                        BrokerIds.of(partition.isr()),
                        LeaderRecovery.ofCode(partition.leaderRecoveryState()),
                        partition.partitionEpoch()));
    }
}
