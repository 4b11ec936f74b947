package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ConfigCommand;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.RegionCommand.ProducerIdBlock;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.LinksImage;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.image.RegionImage;
import io.tombolo.metadata.image.TopicsImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRecord.BrokerRegistered;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.pcollections.TreePMap;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Random commands from a seed; named invariants after every one. {@code -Dseeds=n} tries more
 * seeds, {@code -Dseed=n} repeats one.
 */
class ControllerSimulation {

    private static final int COMMANDS = 600;

    @Test
    void invariantsHoldAfterEveryCommand() {
        var done = new TreeMap<String, Integer>();
        List<Long> seeds = seeds();
        for (long seed : seeds) {
            run(seed, sound(), done);
        }

        // The run is worth something only if commands of every kind succeeded.
        if (seeds.size() > 10) {
            assertThat(done.keySet())
                    .contains(
                            "RegisterBroker",
                            "FenceBroker",
                            "UnregisterBroker",
                            "CreateTopics",
                            "CreatePartitions",
                            "DeleteTopics",
                            "AllocateProducerIds",
                            "ClaimOwnership",
                            "ObserveOwnership",
                            "UpdateFeatures",
                            "CreateMirrorTopic",
                            "RestartMirrorTopic",
                            "GrowMirrorTopic",
                            "SetMirrorTopicState",
                            "RaiseLeaderEpochs",
                            "RecordGaps",
                            "BeginPromotion",
                            "SettleMirrorPartitions",
                            "AbortMirrorTransactions",
                            "CompareMirrorTransactions",
                            "CompletePromotion",
                            "RemoveLink");
        }
    }

    @Test
    void oneSeedGivesOneHistory() {
        assertThat(run(5, sound(), new TreeMap<>())).isEqualTo(run(5, sound(), new TreeMap<>()));
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void everyMutantIsCaught(Mutant mutant) {
        int caught = 0;
        for (long seed = 1; seed <= 40 && caught == 0; seed++) {
            try {
                run(seed, mutant.decider(), new TreeMap<>());
            } catch (MetadataInvariants.Broken
                    | IllegalStateException
                    | IllegalArgumentException noticed) {
                caught += String.valueOf(noticed.getMessage()).startsWith(mutant.law()) ? 1 : 0;
            }
        }
        assertThat(caught).as(mutant + " within 40 seeds").isPositive();
    }

    /** Controllers with one fault each. */
    private enum Mutant {
        GIVES_PRODUCER_IDS_TWICE(List::of),
        FORGETS_LOOKALIKES(List::of),
        FORGETS_WHO_OWNS_WHAT(List::of),
        FORGETS_WHAT_IS_A_MIRROR(List::of),
        MAKES_WHAT_LINKS_BRING(List::of),
        TAKES_WHAT_ANOTHER_HAS_TAKEN(List::of),
        FORGETS_WHAT_WAS_TAKEN_OVER(record ->
                record instanceof OwnershipRecord(var owned, var cause)
                        ? List.of(
                                new OwnershipRecord(
                                        new Ownership(
                                                owned.domain(),
                                                owned.owner(),
                                                owned.epoch(),
                                                owned.mode()),
                                        cause))
                        : List.of(record)),
        FENCES_WITHOUT_ELECTIONS(
                record -> record instanceof PartitionChanged ? List.of() : List.of(record)),
        KEEPS_THE_PARTITION_EPOCH(record ->
                record instanceof PartitionChanged(var id, var index, var epoch, var changes)
                        ? List.of(new PartitionChanged(id, index, epoch - 1, changes))
                        : List.of(record)),
        ELECTS_WITHOUT_A_NEW_LEADER_EPOCH(record ->
                record instanceof PartitionChanged(var id, var index, var epoch, var changes)
                        ? List.of(
                                new PartitionChanged(
                                        id,
                                        index,
                                        epoch,
                                        changes.stream()
                                                .filter(change ->
                                                        !(change
                                                                instanceof
                                                                PartitionChange.LeaderEpoch))
                                                .toList()))
                        : List.of(record)),
        CREATES_WITH_A_FENCED_LEADER(record ->
                record instanceof PartitionCreated(var id, var index, var partition)
                        ? List.of(new PartitionCreated(id, index, ledByTheLast(partition)))
                        : List.of(record)),
        REUSES_BROKER_EPOCHS(record ->
                record instanceof BrokerRegistered(var broker)
                        ? List.of(
                                new BrokerRegistered(
                                        new BrokerRegistration(
                                                broker.brokerId(),
                                                broker.incarnation(),
                                                3,
                                                broker.endpoints(),
                                                broker.logDirs(),
                                                broker.standing())))
                        : List.of(record)),
        TAKES_A_DOMAIN_WITHOUT_A_NEW_EPOCH(record ->
                record instanceof OwnershipRecord(var owned, var cause)
                        ? List.of(
                                new OwnershipRecord(
                                        new Ownership(
                                                owned.domain(),
                                                owned.owner(),
                                                Math.max(1, owned.epoch() - 1),
                                                owned.mode()),
                                        cause))
                        : List.of(record)),
        STOPS_A_MIRROR_TOPIC_AT_ONCE(record ->
                record instanceof MirrorTopicStateChanged(var id, var state, var reason)
                                && state == MirrorTopic.State.STOPPING
                        ? List.of(
                                new MirrorTopicStateChanged(id, MirrorTopic.State.STOPPED, reason))
                        : List.of(record)),
        PROMOTES_AT_THE_MIRRORED_EPOCH(record ->
                record instanceof PartitionChanged(var id, var index, var epoch, var changes)
                                && changes.size() == 1
                                && changes.get(0) instanceof PartitionChange.LeaderEpoch(var raised)
                        ? List.of(
                                new PartitionChanged(
                                        id,
                                        index,
                                        epoch,
                                        List.of(new PartitionChange.LeaderEpoch(raised - 1))))
                        : List.of(record));

        private final Distortion change;

        Mutant(Distortion change) {
            this.change = change;
        }

        Decider decider() {
            Decider sound = sound();
            return new Decider() {
                @Override
                public <A> ControllerResult<A> handle(
                        Command<A> command, MetadataImage tip, Circumstances circumstances) {
                    ControllerResult<A> result =
                            sound.handle(command, seenBy(tip, command), circumstances);
                    List<List<MetadataRecord>> batches = new ArrayList<>();
                    result.batches()
                            .forEach(batch ->
                                    batches.add(
                                            batch.stream()
                                                    .flatMap(one -> change.of(one).stream())
                                                    .toList()));
                    return new ControllerResult<>(batches, told(result.answer()));
                }
            };
        }

        private MetadataImage seenBy(MetadataImage tip, Command<?> command) {
            boolean asked = command instanceof TopicCommand || command instanceof ConfigCommand;
            return switch (this) {
                case FORGETS_LOOKALIKES -> with(tip, withoutLookalikes(tip.topics()), tip.links());
                case FORGETS_WHO_OWNS_WHAT, FORGETS_WHAT_IS_A_MIRROR ->
                        asked ? with(tip, tip.topics(), linksSeen(tip.links())) : tip;
                case MAKES_WHAT_LINKS_BRING ->
                        command instanceof TopicCommand.CreateTopics
                                ? with(tip, tip.topics(), linksSeen(tip.links()))
                                : tip;
                case TAKES_WHAT_ANOTHER_HAS_TAKEN ->
                        command instanceof ClaimOwnership ? withoutFanOut(tip) : tip;
                default -> tip;
            };
        }

        /** What other regions took with links of theirs is not known. */
        private static MetadataImage withoutFanOut(MetadataImage tip) {
            var region = tip.region();
            return new MetadataImage(
                    tip.place(),
                    new RegionImage(
                            region.identities(),
                            region.features(),
                            region.nextProducerId(),
                            region.ownership().minus(new DomainName("fan")),
                            region.controllers(),
                            region.handovers()),
                    tip.brokers(),
                    tip.topics(),
                    tip.configs(),
                    tip.links());
        }

        /** The law that notices it; empty for any. */
        private String law() {
            return switch (this) {
                case MAKES_WHAT_LINKS_BRING -> "only its link makes a topic that it brings";
                case TAKES_WHAT_ANOTHER_HAS_TAKEN ->
                        "what one region has taken over no other region takes";
                case FORGETS_WHAT_WAS_TAKEN_OVER ->
                        "what another region has taken over stays fenced";
                default -> "";
            };
        }

        private static MetadataImage with(MetadataImage tip, TopicsImage topics, LinksImage links) {
            return new MetadataImage(
                    tip.place(), tip.region(), tip.brokers(), topics, tip.configs(), links);
        }

        private static TopicsImage withoutLookalikes(TopicsImage topics) {
            return new TopicsImage(
                    topics.byId(),
                    topics.idByName(),
                    TreePMap.empty(),
                    topics.indexes(),
                    topics.partitionCount());
        }

        private LinksImage linksSeen(LinksImage links) {
            if (this == FORGETS_WHAT_IS_A_MIRROR) {
                return new LinksImage(
                        links.byName(),
                        TreePMap.empty(),
                        TreePMap.empty(),
                        links.lineages(),
                        links.gaps());
            }
            var known = links.byName();
            for (LinkRegistration link : links.byName().values()) {
                RegionId source = link.definition().sourceRegion();
                boolean outgoing = source.equals(Region.settings().identity().region());
                known =
                        this == MAKES_WHAT_LINKS_BRING && outgoing
                                ? known
                                : known.minus(link.definition().link());
            }
            return new LinksImage(
                    known,
                    links.mirrorTopics(),
                    links.topicsOfLink(),
                    links.lineages(),
                    links.gaps());
        }

        @SuppressWarnings("unchecked")
        private <A> Answer<A> told(Answer<A> answer) {
            return this == GIVES_PRODUCER_IDS_TWICE
                            && answer instanceof Answer.Done<A>(ProducerIdBlock block)
                    ? (Answer<A>)
                            new Answer.Done<>(
                                    new ProducerIdBlock(
                                            Math.max(5_000, block.first() - 1), block.count()))
                    : answer;
        }

        private static PartitionRegistration ledByTheLast(PartitionRegistration partition) {
            BrokerIds replicas = partition.replicas();
            return new PartitionRegistration(
                    replicas, replicas, replicas.at(replicas.size() - 1), 0, 0, List.of());
        }
    }

    /** What a mutant makes of a record. */
    @FunctionalInterface
    private interface Distortion {

        List<MetadataRecord> of(MetadataRecord record);
    }

    private static MetadataImage run(long seed, Decider decider, TreeMap<String, Integer> done) {
        var commands = new RandomCommands(seed);
        var random = new Random(seed);
        var invariants = new MetadataInvariants();
        var live = new TreeSet<Integer>();
        var circumstances = new Circumstances(new SeededEntropy(seed), live::contains);
        MetadataImage image = MetadataImage.EMPTY;
        Command<?> command = new FormatRegion();
        try {
            for (int step = 0; step < COMMANDS; step++) {
                MetadataImage before = image;
                ControllerResult<?> result = decider.handle(command, image, circumstances);
                image = committed(image, result);
                invariants.check(command, result.answer(), before, image);
                if (result.answer() instanceof Answer.Done<?> && !result.batches().isEmpty()) {
                    done.merge(command.getClass().getSimpleName(), 1, Integer::sum);
                }
                live.clear();
                random.ints(2, 1, 5).forEach(live::add);
                command = commands.next(image);
            }
            assertThat(throughSnapshot(image)).isEqualTo(image);
        } catch (MetadataInvariants.Broken broken) {
            throw broken;
        } catch (AssertionError | RuntimeException other) {
            throw new IllegalStateException("seed " + seed + ", " + command, other);
        }
        return image;
    }

    private static MetadataImage committed(MetadataImage image, ControllerResult<?> result) {
        MetadataImage after = image;
        for (List<MetadataRecord> batch : result.batches()) {
            List<MetadataRecord> read =
                    batch.stream()
                            .map(MetadataRecordCodec::encode)
                            .map(MetadataRecordCodec::decode)
                            .toList();
            after =
                    after.apply(read, new LogPlace(after.place().offset() + read.size(), 1))
                            .image();
        }
        return after;
    }

    private static MetadataImage throughSnapshot(MetadataImage image) {
        var reader = new MetadataSnapshot.Reader();
        MetadataSnapshot.records(image).forEachRemaining(reader::add);
        return reader.finish(image.place());
    }

    private static Decider sound() {
        var controller = new Controller(Region.settings(), new PlainConfigs());
        return new Decider() {
            @Override
            public <A> ControllerResult<A> handle(
                    Command<A> command, MetadataImage tip, Circumstances circumstances) {
                return controller.handle(command, tip, circumstances);
            }
        };
    }

    private static List<Long> seeds() {
        Long one = Long.getLong("seed");
        return one != null
                ? List.of(one)
                : Stream.iterate(1L, seed -> seed + 1).limit(Long.getLong("seeds", 60)).toList();
    }
}
