package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.Optional;

/**
 * Members of a consumer group that speak the classic protocol, while a group is on its way from one
 * to the other (KIP-848): each JoinGroup brings one closer to its target, a SyncGroup tells it what
 * it may read, and a Heartbeat that it has to join again. Nobody waits for anybody. Pure.
 *
 * <pre>
 * the member has to join again when | because
 * its epoch is past                 | there is a new target
 * it has to let go of partitions    | it says so by joining without them
 * others let go of what it shall get| it hears of them by joining
 * </pre>
 */
public final class ClassicRules {

    private final Capacity capacity;

    public ClassicRules(Capacity capacity) {
        this.capacity = capacity;
    }

    /**
     * A JoinGroup.
     *
     * @param memberId empty when it has none yet
     * @param mustKnowId whether it has to come back with the id that it is given
     * @param newMemberId unique
     * @param rebalanceMs how long it may take to let go of partitions
     */
    public record Joining(
            String memberId,
            @Nullable String instanceId,
            boolean mustKnowId,
            String newMemberId,
            String clientId,
            String clientHost,
            int rebalanceMs,
            ClassicSpeech speech) {

        /** Under which it is or would be a member. */
        String id() {
            return memberId.isEmpty() ? newMemberId : memberId;
        }
    }

    // ---- JoinGroup ----

    /** Carries out a JoinGroup of consumers; it is answered at once. */
    public ClassicTurn join(
            ConsumerGroup group, Joining joining, ClusterTopics topics, long nowMs) {
        String instance = joining.instanceId();
        ConsumerMember holder = instance == null ? null : group.ofInstance(instance);
        Errors error = check(group, joining, holder);
        Optional<Subscription> subscription = joining.speech().subscription();
        if (error == Errors.NONE && subscription.isEmpty()) {
            error = Errors.INVALID_REQUEST;
        }
        if (error != Errors.NONE || subscription.isEmpty()) {
            String told = error == Errors.MEMBER_ID_REQUIRED ? joining.id() : joining.memberId();
            return ClassicTurn.refused(group, told, error);
        }
        var draft = new ConsumerDraft(group, topics, nowMs);
        String gone = draft.takeOver(holder, joining.id());
        ConsumerMember present = draft.group().members().get(joining.id());
        Identity identity = identity(joining, subscription.get());
        ConsumerMember told =
                (present == null ? ConsumerMember.joining(identity) : present)
                        .with(identity, wish(joining, subscription.get()));
        if (!capacity.takes(draft.group(), present, told)) {
            return ClassicTurn.refused(group, joining.memberId(), Errors.GROUP_MAX_SIZE_REACHED);
        }
        Assignment claimed = subscription.get().owned().identified(topics, 0);
        ConsumerMember next = draft.hear(present, told, claimed);
        return new ClassicTurn(
                Errors.NONE, draft.group(), draft.records(), next.id(), next.epoch(), gone);
    }

    private Errors check(ConsumerGroup group, Joining joining, @Nullable ConsumerMember holder) {
        boolean known = holder != null || group.members().containsKey(joining.memberId());
        if (!known && !capacity.takesAnother(group)) {
            return Errors.GROUP_MAX_SIZE_REACHED;
        }
        if (!group.supports(joining.speech())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        if (joining.memberId().isEmpty()) {
            boolean asksForId = joining.mustKnowId() && joining.instanceId() == null;
            return asksForId ? Errors.MEMBER_ID_REQUIRED : Errors.NONE;
        }
        if (joining.instanceId() == null) {
            return Errors.NONE;
        }
        if (holder == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return holder.id().equals(joining.memberId()) ? Errors.NONE : Errors.FENCED_INSTANCE_ID;
    }

    private static Identity identity(Joining joining, Subscription subscription) {
        return new Identity(
                joining.id(),
                joining.instanceId(),
                subscription.rackId(),
                joining.clientId(),
                joining.clientHost(),
                joining.speech());
    }

    private static Wish wish(Joining joining, Subscription subscription) {
        return new Wish(TopicNames.of(subscription.topics()), null, null, joining.rebalanceMs());
    }

    // ---- Heartbeat and SyncGroup ----

    /** A sign of life, or why it is none. */
    public ClassicTurn beat(
            ConsumerGroup group,
            String memberId,
            @Nullable String instanceId,
            int generation,
            ClusterTopics topics,
            long nowMs) {
        Errors error = checkMember(group, memberId, instanceId, generation);
        if (error != Errors.NONE) {
            return ClassicTurn.refused(group, memberId, error);
        }
        var draft = new ConsumerDraft(group, topics, nowMs);
        draft.refresh(false);
        return new ClassicTurn(
                mustJoin(draft.group(), memberId) ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE,
                draft.group(),
                draft.records(),
                memberId,
                generation,
                null);
    }

    private static boolean mustJoin(ConsumerGroup group, String memberId) {
        ConsumerMember member = group.members().get(memberId);
        return member != null
                && (member.epoch() < group.epoch()
                        || member.progress() == Progress.UNREVOKED_PARTITIONS
                        || (member.progress() == Progress.UNRELEASED_PARTITIONS
                                && !group.othersOwnTargetOf(member)));
    }

    /** Whether the member may be told what it may read. */
    public Errors checkSync(
            ConsumerGroup group,
            String memberId,
            @Nullable String instanceId,
            int generation,
            @Nullable String protocol) {
        Errors error = checkMember(group, memberId, instanceId, generation);
        ConsumerMember member = group.members().get(memberId);
        ClassicSpeech speech = member == null ? null : member.classic();
        if (error != Errors.NONE || member == null || speech == null) {
            return error;
        }
        if (protocol != null && !protocol.equals(speech.protocol())) {
            return Errors.INCONSISTENT_GROUP_PROTOCOL;
        }
        // Who has to let go of partitions first hears by this answer of which.
        boolean past =
                member.epoch() < group.epoch()
                        && member.progress() != Progress.UNREVOKED_PARTITIONS;
        return past ? Errors.REBALANCE_IN_PROGRESS : Errors.NONE;
    }

    /** What a member may read, as members of classic groups write it. */
    public byte[] assignment(ConsumerGroup group, String memberId, ClusterTopics topics) {
        ConsumerMember member = group.members().get(memberId);
        ClassicSpeech speech = member == null ? null : member.classic();
        return member == null || speech == null
                ? new byte[0]
                : NamedPartitions.of(member.assigned(), topics)
                        .toAssignment(Conversion.version(speech));
    }

    private static Errors checkMember(
            ConsumerGroup group, String memberId, @Nullable String instanceId, int generation) {
        ConsumerMember member =
                instanceId == null ? group.members().get(memberId) : group.ofInstance(instanceId);
        if (member == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        if (!member.id().equals(memberId)) {
            return Errors.FENCED_INSTANCE_ID;
        }
        if (member.classic() == null) {
            return Errors.UNKNOWN_MEMBER_ID;
        }
        return member.epoch() == generation ? Errors.NONE : Errors.ILLEGAL_GENERATION;
    }

    // ---- LeaveGroup ----

    /**
     * A member goes; an administrator names only the instance id of one.
     *
     * @param memberId empty when only the instance id is known
     */
    public ClassicTurn leave(
            ConsumerGroup group,
            String memberId,
            @Nullable String instanceId,
            ClusterTopics topics,
            long nowMs) {
        ConsumerMember member =
                instanceId == null ? group.members().get(memberId) : group.ofInstance(instanceId);
        Errors error = Errors.NONE;
        if (member == null || member.classic() == null) {
            error = Errors.UNKNOWN_MEMBER_ID;
        } else if (!memberId.isEmpty() && !member.id().equals(memberId)) {
            error = Errors.FENCED_INSTANCE_ID;
        }
        if (member == null || error != Errors.NONE) {
            return ClassicTurn.refused(group, memberId, error);
        }
        var draft = new ConsumerDraft(group, topics, nowMs);
        draft.remove(member);
        draft.refresh(true);
        return new ClassicTurn(
                Errors.NONE, draft.group(), draft.records(), memberId, -1, member.id());
    }
}
