package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;

import org.apache.kafka.common.Uuid;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What holds after every command, by name. Remembers the blocks and broker epochs given out. */
final class MetadataInvariants {

    private long producerIdsEnd = Long.MIN_VALUE;
    private long highestBrokerEpoch = -1;
    private final Map<DomainName, Set<String>> taken = new TreeMap<>();

    /** A broken one. */
    static final class Broken extends RuntimeException {

        private static final long serialVersionUID = 1;

        Broken(String name, Object detail) {
            super(name + ": " + detail);
        }
    }

    void check(Command<?> command, Answer<?> answer, MetadataImage before, MetadataImage after) {
        after.topics().byId().values().forEach(topic -> checkTopic(topic, before, after));
        namesAndIdsMatch(after);
        fencedBrokersLeadNothing(after);
        ownershipNeverGoesBack(before, after);
        whatWasTakenOverIsFenced(command, answer, before, after);
        noTopicIsTakenTwice(command, answer, before);
        producerIdBlocksAreDisjoint(answer);
        brokerEpochsRise(before, after);
        mirrorTopicsDoNotGoBack(before, after);
        noLookalikeIsAdded(command, before, after);
        promotedEpochsAreAboveMirrored(before, after);
        if (command instanceof TopicCommand || command instanceof ConfigCommand) {
            OwnerLaws.check(before, after);
        }
    }

    private static void checkTopic(TopicImage topic, MetadataImage before, MetadataImage after) {
        TopicImage old = before.topics().topic(topic.id()).orElse(topic);
        require(
                old.partitions().count() <= topic.partitions().count(),
                "partitions are never removed",
                topic);
        topic.partitions()
                .forEach((index, now) -> {
                    require(
                            now.replicas().hasAll(now.isr())
                                    && (!now.isr().isEmpty() || !now.hasLeader()),
                            "in-sync replicas are replicas",
                            now);
                    require(
                            !now.hasLeader() || now.isr().has(now.leader()),
                            "the leader is in sync",
                            now);
                    old.partitions().find(index).ifPresent(then -> checkPartition(then, now));
                    require(
                            after.topics()
                                    .replicasOn(now.replicas().at(0))
                                    .has(topic.partitionId(index)),
                            "brokers know their partitions",
                            topic);
                });
    }

    private static void checkPartition(PartitionRegistration then, PartitionRegistration now) {
        require(
                now.equals(then) || now.partitionEpoch() > then.partitionEpoch(),
                "a changed partition has a higher partition epoch",
                now);
        require(now.leaderEpoch() >= then.leaderEpoch(), "leader epochs never go back", now);
        require(
                now.leader() == then.leader() || now.leaderEpoch() > then.leaderEpoch(),
                "a new leader has a new leader epoch",
                now);
    }

    private static void namesAndIdsMatch(MetadataImage image) {
        require(
                image.topics().idByName().size() == image.topics().byId().size(),
                "every topic has one name and one id",
                image.topics().idByName());
        image.topics()
                .idByName()
                .forEach((name, id) ->
                        require(
                                image.topics()
                                        .topic(id)
                                        .filter(topic -> topic.name().equals(name))
                                        .isPresent(),
                                "a name leads to its topic",
                                name));
    }

    private static void fencedBrokersLeadNothing(MetadataImage image) {
        image.topics()
                .byId()
                .values()
                .forEach(topic ->
                        topic.partitions()
                                .forEach((_, partition) ->
                                        require(
                                                !partition.hasLeader()
                                                        || image.brokers()
                                                                .isActive(partition.leader()),
                                                "leaders are active",
                                                partition)));
    }

    private static void ownershipNeverGoesBack(MetadataImage before, MetadataImage after) {
        for (OwnershipRecord then : before.region().ownership().values()) {
            OwnershipRecord now = after.region().ownershipOf(then.domain()).orElse(then);
            require(now.epoch() >= then.epoch(), "ownership epochs never go back", now);
            require(
                    now.epoch() > then.epoch()
                            || now.ownership().owner().equals(then.ownership().owner())
                                    && now.ownership().mode() == then.ownership().mode(),
                    "an ownership epoch has one owner",
                    now);
        }
    }

    /** Who hands over what it owns, or takes that back, takes nothing over. */
    private static boolean owns(ClaimOwnership claim, MetadataImage before) {
        return before.region()
                .ownershipOf(claim.domain())
                .filter(owned -> owned.ownership().owner().equals(claim.region()))
                .isPresent();
    }

    /** Whatever becomes of the link and its filter. */
    private void whatWasTakenOverIsFenced(
            Command<?> command, Answer<?> answer, MetadataImage before, MetadataImage after) {
        RegionId self = Region.settings().identity().region();
        if (command instanceof ClaimOwnership claim
                && answer instanceof Answer.Done<?>
                && !owns(claim, before)) {
            before.links()
                    .link(new LinkName(claim.domain().name()))
                    .map(LinkRegistration::definition)
                    .filter(link -> link.sourceRegion().equals(self))
                    .filter(link -> link.destinationRegion().equals(claim.region()))
                    .ifPresent(link ->
                            RandomCommands.NAMES.stream()
                                    .filter(link.topics()::includes)
                                    .forEach(
                                            taken.computeIfAbsent(
                                                            claim.domain(), _ -> new TreeSet<>())
                                                    ::add));
        }
        taken.forEach((domain, names) -> {
            if (!after.region().mayWrite(domain)) {
                names.forEach(name ->
                        require(
                                after.fencing(name).isPresent(),
                                "what another region has taken over stays fenced",
                                name));
            }
        });
    }

    /**
     * Whoever knows that another region took a mirror's name from the same source does not take it
     * too. Two that do not know of each other both may: nothing could tell them.
     */
    private static void noTopicIsTakenTwice(
            Command<?> command, Answer<?> answer, MetadataImage before) {
        RegionId self = Region.settings().identity().region();
        if (!(command instanceof ClaimOwnership claim)
                || !(answer instanceof Answer.Done<?>)
                || !claim.region().equals(self)) {
            return;
        }
        var link = new LinkName(claim.domain().name());
        for (Uuid id : before.links().topicsOf(link)) {
            String name = before.topics().topic(id).orElseThrow().name();
            RegionId source = before.links().link(link).orElseThrow().definition().sourceRegion();
            boolean moves =
                    before.movingWith(link).stream().anyMatch(one -> one.topicId().equals(id));
            before.region().ownership().values().stream()
                    .map(OwnershipRecord::ownership)
                    .filter(owned -> moves && !owned.domain().equals(claim.domain()))
                    .filter(owned -> owned.tookFrom(source, name))
                    .forEach(owned ->
                            require(
                                    owned.owner().equals(self)
                                            || owned.lets(source)
                                            || before.region()
                                                    .ownershipOf(claim.domain())
                                                    .filter(own -> own.ownership().lets(self))
                                                    .isPresent(),
                                    "what one region has taken over no other region takes",
                                    name + " with " + owned.domain()));
        }
    }

    private void producerIdBlocksAreDisjoint(Answer<?> answer) {
        if (answer instanceof Answer.Done<?>(ProducerIdBlock block)) {
            require(block.first() >= producerIdsEnd, "producer ids are given once", block);
            require(
                    Region.PRODUCER_IDS.contains(block.first())
                            && Region.PRODUCER_IDS.contains(block.first() + block.count() - 1),
                    "producer ids are the region's own",
                    block);
            producerIdsEnd = block.first() + block.count();
        }
    }

    private void brokerEpochsRise(MetadataImage before, MetadataImage after) {
        for (BrokerRegistration now : after.brokers().byId().values()) {
            boolean same =
                    before.brokers()
                            .broker(now.brokerId())
                            .filter(then -> then.incarnation().equals(now.incarnation()))
                            .isPresent();
            if (!same) {
                require(now.brokerEpoch() > highestBrokerEpoch, "broker epochs rise", now);
                highestBrokerEpoch = now.brokerEpoch();
            }
        }
    }

    private static void mirrorTopicsDoNotGoBack(MetadataImage before, MetadataImage after) {
        before.links()
                .mirrorTopics()
                .forEach((id, then) ->
                        after.links()
                                .mirrorTopic(id)
                                .ifPresent(now ->
                                        require(
                                                !then.writable() || now.writable(),
                                                "a stopped mirror topic stays stopped",
                                                now)));
        after.links()
                .mirrorTopics()
                .forEach((id, now) -> {
                    boolean wasStopping =
                            before.links()
                                    .mirrorTopic(id)
                                    .filter(then ->
                                            then.writable()
                                                    || then.state() == MirrorTopic.State.STOPPING)
                                    .isPresent();
                    require(
                            !now.writable() || wasStopping,
                            "a mirror topic stops before it is writable",
                            now);
                });
    }

    private static void noLookalikeIsAdded(
            Command<?> command, MetadataImage before, MetadataImage after) {
        if (!(command instanceof CreateTopics)) {
            return;
        }
        for (Map.Entry<String, Uuid> topic : after.topics().idByName().entrySet()) {
            if (before.topics().topic(topic.getKey()).isEmpty()) {
                String unified = topic.getKey().replace('.', '_');
                before.topics()
                        .idByName()
                        .keySet()
                        .forEach(old ->
                                require(
                                        !old.replace('.', '_').equals(unified),
                                        "no topic looks like an older one",
                                        old));
            }
        }
    }

    private static void promotedEpochsAreAboveMirrored(MetadataImage before, MetadataImage after) {
        after.links()
                .mirrorTopics()
                .forEach((id, now) -> {
                    boolean promoted =
                            now.writable()
                                    && before.links()
                                            .mirrorTopic(id)
                                            .filter(then -> !then.writable())
                                            .isPresent();
                    now.promotion()
                            .ends()
                            .forEach((index, end) ->
                                    require(
                                            !promoted
                                                    || after.topics()
                                                                    .topic(id)
                                                                    .orElseThrow()
                                                                    .partitions()
                                                                    .get(index)
                                                                    .leaderEpoch()
                                                            > end.highestEpoch(),
                                            "a promoted partition is above all mirrored epochs",
                                            id));
                });
    }

    static void require(boolean holds, String name, Object detail) {
        if (!holds) {
            throw new Broken(name, detail);
        }
    }
}
