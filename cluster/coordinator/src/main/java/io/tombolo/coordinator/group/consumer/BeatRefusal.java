package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.State;
import io.tombolo.coordinator.pattern.LinearPattern;

import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/** Why a heartbeat is refused; messages as Kafka's. */
record BeatRefusal(Errors error, String message) {

    private static final int VERSION_ID_REQUIRED = 1;

    ConsumerGroupHeartbeatResponseData response() {
        return new ConsumerGroupHeartbeatResponseData()
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }

    private static BeatRefusal invalid(String message) {
        return new BeatRefusal(Errors.INVALID_REQUEST, message);
    }

    /** What is wrong with a request in itself; null when nothing is. */
    static @Nullable BeatRefusal of(ConsumerGroupHeartbeatRequestData request, short version) {
        if (request.groupId().isEmpty()) {
            return invalid("GroupId can't be empty.");
        }
        if (isEmpty(request.instanceId())) {
            return invalid("InstanceId can't be empty.");
        }
        if (isEmpty(request.rackId())) {
            return invalid("RackId can't be empty.");
        }
        boolean idRequired = version >= VERSION_ID_REQUIRED || request.memberEpoch() != 0;
        if (idRequired && request.memberId().isEmpty()) {
            return invalid("MemberId can't be empty.");
        }
        BeatRefusal refusal = ofEpoch(request);
        return refusal == null ? ofWish(request) : refusal;
    }

    private static @Nullable BeatRefusal ofEpoch(ConsumerGroupHeartbeatRequestData request) {
        if (request.memberEpoch() == 0) {
            return ofJoin(request);
        }
        if (request.memberEpoch() == ConsumerMember.LEFT_FOR_NOW) {
            return request.instanceId() == null ? invalid("InstanceId can't be null.") : null;
        }
        return request.memberEpoch() < ConsumerMember.LEFT_FOR_NOW
                ? invalid("MemberEpoch is invalid.")
                : null;
    }

    private static @Nullable BeatRefusal ofJoin(ConsumerGroupHeartbeatRequestData request) {
        if (request.rebalanceTimeoutMs() == -1) {
            return invalid("RebalanceTimeoutMs must be provided in first request.");
        }
        if (request.topicPartitions() == null || !request.topicPartitions().isEmpty()) {
            return invalid("TopicPartitions must be empty when (re-)joining.");
        }
        boolean named =
                request.subscribedTopicNames() != null && !request.subscribedTopicNames().isEmpty();
        boolean matched =
                request.subscribedTopicRegex() != null && !request.subscribedTopicRegex().isEmpty();
        return named || matched
                ? null
                : invalid(
                        "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when"
                                + " (re-)joining.");
    }

    private static @Nullable BeatRefusal ofWish(ConsumerGroupHeartbeatRequestData request) {
        String assignor = request.serverAssignor();
        if (assignor != null && Assignor.named(assignor).isEmpty()) {
            return new BeatRefusal(
                    Errors.UNSUPPORTED_ASSIGNOR,
                    "ServerAssignor "
                            + assignor
                            + " is not supported. Supported assignors: uniform, range.");
        }
        String regex = request.subscribedTopicRegex();
        String mistake = regex == null || regex.isEmpty() ? null : LinearPattern.mistakeIn(regex);
        return mistake == null
                ? null
                : new BeatRefusal(
                        Errors.INVALID_REGULAR_EXPRESSION,
                        "SubscribedTopicRegex `%s` is not a valid regular expression: %s."
                                .formatted(regex, mistake));
    }

    private static boolean isEmpty(@Nullable String text) {
        return text != null && text.isEmpty();
    }

    static BeatRefusal noSuchGroup(String group) {
        return new BeatRefusal(
                Errors.GROUP_ID_NOT_FOUND, "Consumer group %s not found.".formatted(group));
    }

    static BeatRefusal noSuchMember(String group, String member) {
        return new BeatRefusal(
                Errors.UNKNOWN_MEMBER_ID,
                "Member %s is not a member of group %s.".formatted(member, group));
    }

    static BeatRefusal noSuchInstance(String instance) {
        return new BeatRefusal(
                Errors.UNKNOWN_MEMBER_ID, "Instance id %s is unknown.".formatted(instance));
    }

    static BeatRefusal instanceFenced(String group, String member, String instance) {
        return new BeatRefusal(
                Errors.FENCED_INSTANCE_ID,
                "Static member %s with instance id %s was fenced by another member of group %s."
                        .formatted(member, instance, group));
    }

    static BeatRefusal instanceTaken(String group, String member, String instance) {
        return new BeatRefusal(
                Errors.UNRELEASED_INSTANCE_ID,
                ("Static member %s with instance id %s cannot join group %s because the instance id"
                                + " is owned by another member.")
                        .formatted(member, instance, group));
    }

    static BeatRefusal epochFenced(boolean newer) {
        return new BeatRefusal(
                Errors.FENCED_MEMBER_EPOCH,
                newer
                        ? "The consumer group member has a greater member epoch than the one known"
                                + " by the group coordinator. The member must abandon all its"
                                + " partitions and rejoin."
                        : "The consumer group member has a smaller member epoch than the one known"
                                + " by the group coordinator. The member must abandon all its"
                                + " partitions and rejoin.");
    }

    static BeatRefusal wishesTooMuch(long lengthMax) {
        return new BeatRefusal(
                Errors.GROUP_MAX_SIZE_REACHED,
                ("What the members of the consumer group subscribe to would have more than %d"
                     + " characters. Subscribe to less, or by a pattern, or give the brokers more"
                     + " memory.")
                        .formatted(lengthMax));
    }

    static BeatRefusal full(State state, int membersMax) {
        return new BeatRefusal(
                Errors.GROUP_MAX_SIZE_REACHED,
                "The consumer group has reached its maximum capacity of %d members (it is %s)."
                        .formatted(membersMax, state.label()));
    }
}
