package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData.TopicPartitions;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * What a heartbeat of a member does: it joins, tells what it wants and has, is told what it may
 * read, leaves. Pure.
 */
public final class ConsumerRules {

    private final Capacity capacity;

    public ConsumerRules(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * Carries out a heartbeat.
     *
     * @param group null when there is none
     */
    public ConsumerStep heartbeat(@Nullable ConsumerGroup group, ConsumerBeat beat, long nowMs) {
        ConsumerGroupHeartbeatRequestData request = beat.request();
        BeatRefusal refusal = BeatRefusal.of(request, beat.version());
        if (refusal == null && group == null && request.memberEpoch() != 0) {
            refusal = BeatRefusal.noSuchGroup(request.groupId());
        }
        if (refusal != null) {
            return refused(group, refusal);
        }
        ConsumerGroup found = group == null ? ConsumerGroup.empty(request.groupId()) : group;
        return request.memberEpoch() < 0
                ? leave(found, beat, nowMs)
                : stay(group, found, beat, nowMs);
    }

    private static ConsumerStep refused(@Nullable ConsumerGroup group, BeatRefusal refusal) {
        return new ConsumerStep(group, List.of(), refusal.response(), null, null);
    }

    // ---- joining and staying ----

    private ConsumerStep stay(
            @Nullable ConsumerGroup before, ConsumerGroup group, ConsumerBeat beat, long nowMs) {
        ConsumerGroupHeartbeatRequestData request = beat.request();
        String id = request.memberId().isEmpty() ? beat.newMemberId() : request.memberId();
        String instance = request.instanceId();
        ConsumerMember holder = instance == null ? null : group.ofInstance(instance);
        BeatRefusal refusal = checkStay(group, id, holder, request);
        if (refusal != null) {
            return refused(before, refusal);
        }
        var draft = new ConsumerDraft(group, beat.topics(), nowMs);
        String gone = draft.takeOver(holder, id);
        ConsumerMember present = draft.group().members().get(id);
        ConsumerMember member =
                present == null ? ConsumerMember.joining(identity(id, beat, null)) : present;
        ConsumerMember told =
                member.with(identity(id, beat, member.identity()), wish(member.wish(), request));
        if (!capacity.takes(draft.group(), present, told)) {
            return refused(before, BeatRefusal.wishesTooMuch(capacity.wishLengthMax()));
        }
        ConsumerMember next = draft.hear(present, told, claimed(request));
        boolean news = beat.full() || !next.assigned().sameAs(member.assigned());
        return new ConsumerStep(
                draft.group(), draft.records(), answer(beat, next, news), next.id(), gone);
    }

    private @Nullable BeatRefusal checkStay(
            ConsumerGroup group,
            String id,
            @Nullable ConsumerMember holder,
            ConsumerGroupHeartbeatRequestData request) {
        boolean joins = request.memberEpoch() == 0;
        ConsumerMember member = group.members().get(id);
        String instance = request.instanceId();
        if (joins && member == null && holder == null && !capacity.takesAnother(group)) {
            return BeatRefusal.full(group.state(), capacity.membersMax());
        }
        if (instance != null) {
            return checkStatic(group, id, holder, request, instance);
        }
        if (joins) {
            return null;
        }
        return member == null
                ? BeatRefusal.noSuchMember(group.id(), id)
                : checkEpoch(member, request);
    }

    private static @Nullable BeatRefusal checkStatic(
            ConsumerGroup group,
            String id,
            @Nullable ConsumerMember holder,
            ConsumerGroupHeartbeatRequestData request,
            String instance) {
        boolean joins = request.memberEpoch() == 0;
        if (holder == null) {
            return joins ? null : BeatRefusal.noSuchInstance(instance);
        }
        if (!holder.id().equals(id)) {
            if (!joins) {
                return BeatRefusal.instanceFenced(group.id(), id, instance);
            }
            // A member of the classic protocol does not say that it will be back.
            return holder.epoch() == ConsumerMember.LEFT_FOR_NOW || holder.classic() != null
                    ? null
                    : BeatRefusal.instanceTaken(group.id(), id, instance);
        }
        return joins ? null : checkEpoch(holder, request);
    }

    /** A member may speak in its last epoch when the answer with the new one was lost. */
    private static @Nullable BeatRefusal checkEpoch(
            ConsumerMember member, ConsumerGroupHeartbeatRequestData request) {
        int epoch = request.memberEpoch();
        if (epoch > member.epoch()) {
            return BeatRefusal.epochFenced(true);
        }
        if (epoch == member.epoch()) {
            return null;
        }
        Assignment claimed = claimed(request);
        boolean answerLost =
                epoch == member.previousEpoch()
                        && claimed != null
                        && member.assigned().hasAllOf(claimed);
        return answerLost ? null : BeatRefusal.epochFenced(false);
    }

    private static Identity identity(String id, ConsumerBeat beat, @Nullable Identity known) {
        ConsumerGroupHeartbeatRequestData request = beat.request();
        String instance = request.instanceId();
        String rack = request.rackId();
        return new Identity(
                id,
                instance == null && known != null ? known.instanceId() : instance,
                rack == null && known != null ? known.rackId() : rack,
                beat.clientId(),
                beat.clientHost(),
                null);
    }

    /** What a request does not mention stays as it was. */
    private static Wish wish(Wish known, ConsumerGroupHeartbeatRequestData request) {
        @Nullable List<String> names = request.subscribedTopicNames();
        String regex = request.subscribedTopicRegex();
        String assignor = request.serverAssignor();
        int timeoutMs = request.rebalanceTimeoutMs();
        return new Wish(
                names == null ? known.names() : TopicNames.of(names),
                regex == null ? known.regex() : regex,
                assignor == null ? known.assignor() : assignor,
                timeoutMs == -1 ? known.rebalanceTimeoutMs() : timeoutMs);
    }

    private static @Nullable Assignment claimed(ConsumerGroupHeartbeatRequestData request) {
        @Nullable List<ConsumerGroupHeartbeatRequestData.TopicPartitions> named =
                request.topicPartitions();
        if (named == null) {
            return null;
        }
        Assignment claimed = Assignment.NONE;
        for (var topic : named) {
            for (int partition : topic.partitions()) {
                claimed = claimed.plus(topic.topicId(), partition, 0);
            }
        }
        return claimed;
    }

    private static ConsumerGroupHeartbeatResponseData answer(
            ConsumerBeat beat, ConsumerMember member, boolean withAssignment) {
        var response =
                new ConsumerGroupHeartbeatResponseData()
                        .setMemberId(member.id())
                        .setMemberEpoch(member.epoch())
                        .setHeartbeatIntervalMs(beat.heartbeatIntervalMs());
        return withAssignment ? response.setAssignment(assignment(member.assigned())) : response;
    }

    private static ConsumerGroupHeartbeatResponseData.Assignment assignment(Assignment assigned) {
        var topics = new ArrayList<TopicPartitions>();
        for (Uuid topic : assigned.byTopic().keySet()) {
            topics.add(
                    new TopicPartitions()
                            .setTopicId(topic)
                            .setPartitions(List.copyOf(assigned.of(topic).keySet())));
        }
        return new ConsumerGroupHeartbeatResponseData.Assignment().setTopicPartitions(topics);
    }

    // ---- leaving ----

    private static ConsumerStep leave(ConsumerGroup group, ConsumerBeat beat, long nowMs) {
        ConsumerGroupHeartbeatRequestData request = beat.request();
        String id = request.memberId();
        String instance = request.instanceId();
        ConsumerMember member =
                instance == null ? group.members().get(id) : group.ofInstance(instance);
        if (member == null) {
            return refused(
                    group,
                    instance == null
                            ? BeatRefusal.noSuchMember(group.id(), id)
                            : BeatRefusal.noSuchInstance(instance));
        }
        if (!member.id().equals(id)) {
            return refused(
                    group, BeatRefusal.instanceFenced(group.id(), id, String.valueOf(instance)));
        }
        var answer =
                new ConsumerGroupHeartbeatResponseData()
                        .setMemberId(id)
                        .setMemberEpoch(request.memberEpoch());
        var draft = new ConsumerDraft(group, beat.topics(), nowMs);
        if (request.memberEpoch() == ConsumerMember.LEFT_FOR_NOW) {
            draft.move(member.leftForNow());
            return new ConsumerStep(draft.group(), draft.records(), answer, null, null);
        }
        return removed(draft, member, answer);
    }

    /** A member was silent for too long, or did not let go of its partitions in time. */
    public ConsumerStep expire(
            ConsumerGroup group, String memberId, ClusterTopics topics, long nowMs) {
        ConsumerMember member = group.members().get(memberId);
        var nobody = new ConsumerGroupHeartbeatResponseData();
        return member == null
                ? new ConsumerStep(group, List.of(), nobody, null, null)
                : removed(new ConsumerDraft(group, topics, nowMs), member, nobody);
    }

    private static ConsumerStep removed(
            ConsumerDraft draft, ConsumerMember member, ConsumerGroupHeartbeatResponseData answer) {
        draft.remove(member);
        draft.refresh(true);
        return new ConsumerStep(draft.group(), draft.records(), answer, null, member.id());
    }
}
