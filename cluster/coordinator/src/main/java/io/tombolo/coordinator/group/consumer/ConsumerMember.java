package io.tombolo.coordinator.group.consumer;

import org.jspecify.annotations.Nullable;

/**
 * A member of a consumer group; an immutable value.
 *
 * <pre>
 * progress             | it has all of its target, in the group's target epoch | waits for
 * STABLE               | yes, when its epoch is the target's                   | nothing
 * UNREVOKED_PARTITIONS | no: it has to let go of some first                    | its own heartbeat
 * UNRELEASED_PARTITIONS| no: others have not let go of some of them yet        | their heartbeats
 * </pre>
 *
 * @param identity who it is
 * @param wish what it wants to read
 * @param epoch its epoch: that of the target it has reached; {@link #LEFT_FOR_NOW} of a static
 *     member that will come back
 * @param previousEpoch the one before, in which it may still speak when an answer was lost
 * @param assigned what it may read
 * @param revoking what it has to let go of, and still owns until it says so
 */
public record ConsumerMember(
        Identity identity,
        Wish wish,
        int epoch,
        int previousEpoch,
        Progress progress,
        Assignment assigned,
        Assignment revoking) {

    /** The epoch of whoever leaves. */
    static final int LEAVING = -1;

    /** The epoch of a static member that leaves and will be back. */
    static final int LEFT_FOR_NOW = -2;

    /** Where it stands on its way to its target. */
    enum Progress {
        STABLE(0),
        UNREVOKED_PARTITIONS(1),
        UNRELEASED_PARTITIONS(2);

        private final int code;

        Progress(int code) {
            this.code = code;
        }

        /** As Kafka records it. */
        int code() {
            return code;
        }

        /** What Kafka's newer versions may add counts as stable: its next heartbeat tells. */
        static Progress of(int code) {
            return switch (code) {
                case 1 -> UNREVOKED_PARTITIONS;
                case 2 -> UNRELEASED_PARTITIONS;
                default -> STABLE;
            };
        }
    }

    /**
     * Who a member is, where it runs and how it speaks.
     *
     * @param classic null when it speaks the consumer protocol
     */
    record Identity(
            String id,
            @Nullable String instanceId,
            @Nullable String rackId,
            String clientId,
            String clientHost,
            @Nullable ClassicSpeech classic) {

        Identity speaking(@Nullable ClassicSpeech next) {
            return new Identity(id, instanceId, rackId, clientId, clientHost, next);
        }
    }

    /**
     * What a member wants.
     *
     * @param names topics by name
     * @param regex topics by pattern; null for none
     * @param assignor null when any is fine
     * @param rebalanceTimeoutMs how long it may take to let go of partitions
     */
    record Wish(
            TopicNames names,
            @Nullable String regex,
            @Nullable String assignor,
            int rebalanceTimeoutMs) {

        static final Wish NONE = new Wish(TopicNames.NONE, null, null, -1);

        Wish of(TopicNames others) {
            return new Wish(others, regex, assignor, rebalanceTimeoutMs);
        }

        boolean sameTopics(Wish other) {
            return names.sameAs(other.names) && regexOrEmpty().equals(other.regexOrEmpty());
        }

        String regexOrEmpty() {
            return regex == null ? "" : regex;
        }
    }

    static ConsumerMember joining(Identity identity) {
        return new ConsumerMember(
                identity, Wish.NONE, 0, -1, Progress.STABLE, Assignment.NONE, Assignment.NONE);
    }

    String id() {
        return identity.id;
    }

    @Nullable String instanceId() {
        return identity.instanceId;
    }

    /** How it speaks the classic protocol; null when it speaks the consumer protocol. */
    @Nullable ClassicSpeech classic() {
        return identity.classic;
    }

    /** How long what it says it wants is, in characters. */
    long wishLength() {
        ClassicSpeech speech = identity.classic;
        return (long) wish.names.length()
                + wish.regexOrEmpty().length()
                + (speech == null ? 0 : speech.length());
    }

    ConsumerMember with(Identity newIdentity, Wish newWish) {
        return new ConsumerMember(
                newIdentity, newWish, epoch, previousEpoch, progress, assigned, revoking);
    }

    /** On its way; the previous epoch is only noted when the epoch changes. */
    ConsumerMember moved(
            int newEpoch, Progress next, Assignment newAssigned, Assignment newRevoking) {
        int before = newEpoch == epoch ? previousEpoch : epoch;
        return new ConsumerMember(identity, wish, newEpoch, before, next, newAssigned, newRevoking);
    }

    /** A static member that goes and will be back: its partitions are kept for it. */
    ConsumerMember leftForNow() {
        return new ConsumerMember(
                identity, wish, LEFT_FOR_NOW, epoch, Progress.STABLE, assigned, Assignment.NONE);
    }

    /** What nobody else may have. */
    Assignment owned() {
        Assignment owned = assigned;
        for (var topic : revoking.byTopic().entrySet()) {
            for (var partition : topic.getValue().entrySet()) {
                owned = owned.plus(topic.getKey(), partition.getKey(), partition.getValue());
            }
        }
        return owned;
    }
}
