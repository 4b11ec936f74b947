package io.tombolo.coordinator.group.consumer;

import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Assignment;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.DescribedGroup;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.Member;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData.TopicPartitions;

import java.util.ArrayList;
import java.util.List;

/** How administrators see a consumer group. */
public final class ConsumerDescription {

    /** A member that speaks the consumer protocol itself. */
    private static final byte CONSUMER = 1;

    private static final byte CLASSIC = 0;

    private ConsumerDescription() {}

    /** The group; topics that are gone are left out of what its members have. */
    public static DescribedGroup of(ConsumerGroup group, ClusterTopics topics) {
        var members = new ArrayList<Member>();
        for (ConsumerMember member : group.members().values()) {
            members.add(describe(group, member, topics));
        }
        return new DescribedGroup()
                .setGroupId(group.id())
                .setGroupState(group.state().label())
                .setGroupEpoch(group.epoch())
                .setAssignmentEpoch(group.targetEpoch())
                .setAssignorName(group.elected(Assignor.STANDARD.name()))
                .setMembers(members);
    }

    private static Member describe(
            ConsumerGroup group, ConsumerMember member, ClusterTopics topics) {
        var identity = member.identity();
        return new Member()
                .setMemberId(identity.id())
                .setInstanceId(identity.instanceId())
                .setRackId(identity.rackId())
                .setMemberEpoch(member.epoch())
                .setClientId(identity.clientId())
                .setClientHost(identity.clientHost())
                .setSubscribedTopicNames(List.copyOf(member.wish().names().set()))
                .setSubscribedTopicRegex(member.wish().regex())
                .setAssignment(describe(member.assigned(), topics))
                .setTargetAssignment(describe(group.target(member.id()), topics))
                .setMemberType(member.classic() == null ? CONSUMER : CLASSIC);
    }

    private static Assignment describe(
            io.tombolo.coordinator.group.consumer.Assignment assignment, ClusterTopics topics) {
        var described = new ArrayList<TopicPartitions>();
        assignment
                .byTopic()
                .forEach((id, partitions) ->
                        topics.topic(id)
                                .ifPresent(topic ->
                                        described.add(
                                                new TopicPartitions()
                                                        .setTopicId(id)
                                                        .setTopicName(topic.name())
                                                        .setPartitions(
                                                                List.copyOf(
                                                                        partitions.keySet())))));
        return new Assignment().setTopicPartitions(described);
    }
}
