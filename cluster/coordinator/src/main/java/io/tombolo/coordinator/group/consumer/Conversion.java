package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Progress;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;
import io.tombolo.coordinator.runtime.LogRecord;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A group with live members goes from one protocol to the other (KIP-848). Nobody is given anything
 * by that: each member keeps what it works on, until its next word brings it closer to its target.
 */
public final class Conversion {

    private Conversion() {}

    /**
     * The consumer group of these members; its epoch, and that of each of them, is their
     * generation. Empty when what they say of themselves cannot be read.
     */
    public static Optional<ConsumerGroup> toConsumers(
            String id, int generation, List<MovingMember> members, ClusterTopics topics) {
        var subscriptions = new TreeMap<String, Subscription>();
        ConsumerGroup group =
                ConsumerGroup.empty(id).at(new GroupEpoch(generation, 0)).targetedAt(generation);
        for (MovingMember member : members) {
            Optional<Subscription> subscription = member.speech().subscription();
            Optional<NamedPartitions> given = NamedPartitions.readAssignment(member.assignment());
            if (subscription.isEmpty() || given.isEmpty()) {
                return Optional.empty();
            }
            subscriptions.put(member.id(), subscription.get());
            ConsumerMember arrived = arrived(member, subscription.get(), generation);
            group = owning(group, arrived, given.get().identified(topics, generation));
        }
        // What a member let go of last it may still work on, unless another one was given it.
        for (var subscription : subscriptions.entrySet()) {
            ConsumerMember member = group.members().get(subscription.getKey());
            if (member != null) {
                Assignment claimed = subscription.getValue().owned().identified(topics, generation);
                group = owning(group, member, claimed);
            }
        }
        for (ConsumerMember member : group.members().values()) {
            group = group.withTarget(member.id(), member.assigned().asTarget());
        }
        return Optional.of(group);
    }

    private static ConsumerMember arrived(
            MovingMember member, Subscription subscription, int generation) {
        return new ConsumerMember(
                new Identity(
                        member.id(),
                        member.instanceId(),
                        subscription.rackId(),
                        member.clientId(),
                        member.clientHost(),
                        member.speech()),
                new Wish(TopicNames.of(subscription.topics()), null, null, member.rebalanceMs()),
                generation,
                generation,
                Progress.STABLE,
                Assignment.NONE,
                Assignment.NONE);
    }

    /** The member has those of these partitions, too, that nobody else has. */
    private static ConsumerGroup owning(
            ConsumerGroup group, ConsumerMember member, Assignment wanted) {
        var owned = new Owned(member.assigned());
        wanted.forEach((topic, partition, epoch) -> {
            if (group.ownerOf(topic, partition) == null) {
                owned.partitions = owned.partitions.plus(topic, partition, epoch);
            }
        });
        return group.with(
                member.moved(member.epoch(), Progress.STABLE, owned.partitions, Assignment.NONE));
    }

    /** Grows. */
    private static final class Owned {
        private Assignment partitions;

        Owned(Assignment partitions) {
            this.partitions = partitions;
        }
    }

    /** What has to be recorded of a group that has just become one of consumers. */
    public static List<LogRecord> records(ConsumerGroup group) {
        return ConsumerRecords.all(group);
    }

    /**
     * The group in which the holder of an instance id, the only one who speaks the consumer
     * protocol, speaks the classic one; empty when that is not so.
     */
    public static Optional<ConsumerGroup> replacing(
            ConsumerGroup group, String instanceId, ClassicSpeech speech) {
        ConsumerMember holder = group.ofInstance(instanceId);
        if (holder == null || holder.classic() != null || !group.supports(speech)) {
            return Optional.empty();
        }
        for (ConsumerMember member : group.members().values()) {
            if (member.classic() == null && !member.id().equals(holder.id())) {
                return Optional.empty();
            }
        }
        return Optional.of(
                group.with(holder.with(holder.identity().speaking(speech), holder.wish())));
    }

    /**
     * The members of a group in which nobody speaks the consumer protocol any more; none when
     * somebody does.
     */
    public static List<MovingMember> toClassic(ConsumerGroup group, ClusterTopics topics) {
        if (group.members().values().stream().anyMatch(member -> member.classic() == null)) {
            return List.of();
        }
        var members = new ArrayList<MovingMember>();
        for (ConsumerMember member : group.members().values()) {
            ClassicSpeech speech = Objects.requireNonNull(member.classic());
            Identity identity = member.identity();
            members.add(
                    new MovingMember(
                            identity.id(),
                            identity.instanceId(),
                            identity.clientId(),
                            identity.clientHost(),
                            member.wish().rebalanceTimeoutMs(),
                            speech,
                            NamedPartitions.of(member.owned(), topics)
                                    .toAssignment(version(speech))));
        }
        return members;
    }

    /** In which the member understands an assignment. */
    static short version(ClassicSpeech speech) {
        return speech.subscription().map(Subscription::version).orElse((short) 0);
    }

    /** The generation of a group that becomes a classic one: nobody was ever in a later epoch. */
    public static int generation(ConsumerGroup group) {
        int latest = Math.max(0, group.targetEpoch());
        for (ConsumerMember member : group.members().values()) {
            latest = Math.max(latest, member.epoch());
        }
        return latest;
    }
}
