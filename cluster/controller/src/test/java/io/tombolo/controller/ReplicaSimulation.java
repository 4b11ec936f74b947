package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.ReplicaCommand.AlterPartitions;
import io.tombolo.controller.command.ReplicaCommand.Member;
import io.tombolo.controller.command.ReplicaCommand.Proposal;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.LeaderRecovery;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.FeatureLevel;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * Histories of regions with 3 to 5 brokers that stop, lose tails, come back, copy, are drained and
 * reassigned; laws after every batch. {@code -Dseeds=n} tries more seeds, {@code -Dseed=n} repeats
 * one.
 */
class ReplicaSimulation {

    private static final int STEPS = 400;

    @Test
    void lawsHoldInEveryHistory() {
        var seen = new TreeMap<String, Integer>();
        List<Long> seeds = seeds();
        for (long seed : seeds) {
            run(seed, Mutant.NONE, seen);
        }

        // The run is worth something only if everything happened.
        if (seeds.size() > 10) {
            assertThat(seen.keySet())
                    .contains(
                            "AlterPartitions",
                            "AlterReassignments",
                            "BalanceLeaders",
                            "ContinueDrain",
                            "DeleteTopics",
                            "DrainBroker",
                            "ElectLeaders",
                            "FenceBroker",
                            "HeartbeatBroker",
                            "RegisterBroker",
                            "cancelled",
                            "clean start",
                            "controlled shutdown",
                            "left the region",
                            "unclean election",
                            "unclean start");
        }
    }

    @Test
    void oneSeedGivesOneHistory() {
        assertThat(run(5, Mutant.NONE, new TreeMap<>()))
                .isEqualTo(run(5, Mutant.NONE, new TreeMap<>()));
    }

    @ParameterizedTest
    @EnumSource(Mutant.class)
    void everyMutantBreaksItsLaw(Mutant mutant) {
        if (mutant == Mutant.NONE) {
            return;
        }
        String broken = "nothing";
        for (long seed = 1; seed <= 400 && !broken.contains(mutant.law); seed++) {
            try {
                run(seed, mutant, new TreeMap<>());
            } catch (RuntimeException noticed) {
                broken = String.valueOf(noticed.getMessage());
            }
        }
        assertThat(broken).contains(mutant.law);
    }

    /** Controllers, or snapshots, with one fault each. */
    private enum Mutant {
        NONE(""),
        ELECTS_A_REPLICA_THAT_IS_OUT("a leader was in sync or eligible, or has to recover"),
        HIDES_AN_UNCLEAN_ELECTION("a leader was in sync or eligible, or has to recover"),
        FORGETS_WHEN_IT_ELECTED_UNCLEANLY("an unclean election is remembered by its epoch"),
        TAKES_EVERY_STOP_FOR_A_CLEAN_ONE(
                "no leader lost its tail since it was in sync or eligible"),
        LETS_REPLACED_PROCESSES_IN("no leader lost its tail since it was in sync or eligible"),
        CALLS_EVERYBODY_ELIGIBLE("a leader has every acknowledged record"),
        KEEPS_THE_LEADER_EPOCH("a new leader has a new epoch"),
        KEEPS_THE_PARTITION_EPOCH("cannot follow"),
        COUNTS_STRANGERS_AS_IN_SYNC("an in-sync replica is not a replica"),
        NEVER_ENDS_A_REASSIGNMENT("leaves nothing to add or remove"),
        FORGETS_IN_SNAPSHOTS("a snapshot makes the image that the log makes"),
        LEAVES_PARTITIONS_WITHOUT_LEADER("a healed region leads its partitions"),
        LEAVES_REFUSED_PROPOSALS_OPEN("a refused proposal is never carried out"),
        NEVER_BEGINS_TO_MOVE("a healed region empties brokers as far as there is room"),
        FORGETS_TO_CANCEL("nothing moves away from a broker that keeps its replicas");

        private final String law;

        Mutant(String law) {
            this.law = law;
        }

        boolean keptInSnapshots(MetadataRecord record) {
            return this != FORGETS_IN_SNAPSHOTS || !(record instanceof FeatureLevel);
        }

        Command<?> heard(Command<?> command, MetadataImage tip) {
            if (this == TAKES_EVERY_STOP_FOR_A_CLEAN_ONE && command instanceof RegisterBroker it) {
                long known =
                        tip.brokers()
                                .broker(it.brokerId())
                                .map(BrokerRegistration::brokerEpoch)
                                .orElse(-1L);
                return new RegisterBroker(
                        it.brokerId(), it.incarnation(), it.endpoints(), it.logDirs(), known);
            }
            if (this == LETS_REPLACED_PROCESSES_IN && command instanceof AlterPartitions it) {
                return new AlterPartitions(
                        it.brokerId(),
                        it.brokerEpoch(),
                        it.partitions().stream().map(Mutant::withoutEpochs).toList());
            }
            return command;
        }

        private static Proposal withoutEpochs(Proposal it) {
            return new Proposal(
                    it.partition(),
                    it.leaderEpoch(),
                    it.partitionEpoch(),
                    it.isr().stream().map(one -> new Member(one.brokerId(), -1)).toList(),
                    it.leaderRecovery());
        }

        boolean drops(MetadataRecord record, MetadataImage tip) {
            return switch (this) {
                case LEAVES_PARTITIONS_WITHOUT_LEADER ->
                        record instanceof PartitionChanged(var topic, var index, _, _)
                                && tip.topics().leaderless().has(new PartitionId(topic, index));
                case NEVER_BEGINS_TO_MOVE ->
                        record instanceof PartitionChanged(_, _, _, var changes)
                                && changes.stream().anyMatch(Mutant::moves);
                case LEAVES_REFUSED_PROPOSALS_OPEN ->
                        record instanceof PartitionChanged(_, _, _, var changes)
                                && changes.isEmpty();
                case FORGETS_TO_CANCEL ->
                        record instanceof PartitionChanged(_, _, _, var changes)
                                && changes.contains(new PartitionChange.Removing(BrokerIds.NONE))
                                && changes.stream().noneMatch(Mutant::changesInSync);
                default -> false;
            };
        }

        private static boolean moves(PartitionChange change) {
            return change instanceof PartitionChange.Removing(var ids) && !ids.isEmpty();
        }

        private static boolean changesInSync(PartitionChange change) {
            return change instanceof PartitionChange.InSync;
        }

        MetadataRecord distorted(MetadataRecord record, MetadataImage tip) {
            if (!(record
                    instanceof PartitionChanged(var topic, var index, var epoch, var changes))) {
                return record;
            }
            if (this == KEEPS_THE_PARTITION_EPOCH) {
                return new PartitionChanged(topic, index, epoch - 1, changes);
            }
            BrokerIds replicas =
                    tip.topics().topic(topic).orElseThrow().partitions().get(index).replicas();
            var distorted = new ArrayList<PartitionChange>();
            changes.forEach(change -> distorted.addAll(distorted(change)));
            if (this == ELECTS_A_REPLICA_THAT_IS_OUT && electsNobody(changes)) {
                int last = replicas.at(replicas.size() - 1);
                distorted.removeIf(PartitionChange.LastKnownLeaders.class::isInstance);
                distorted.removeIf(PartitionChange.Leader.class::isInstance);
                distorted.removeIf(PartitionChange.InSync.class::isInstance);
                distorted.removeIf(PartitionChange.EligibleLeaders.class::isInstance);
                distorted.add(new PartitionChange.Leader(last));
                distorted.add(new PartitionChange.InSync(BrokerIds.of(last)));
                distorted.add(new PartitionChange.EligibleLeaders(BrokerIds.NONE));
            }
            if (this == CALLS_EVERYBODY_ELIGIBLE) {
                BrokerIds others = replicas;
                for (PartitionChange change : changes) {
                    if (change instanceof PartitionChange.InSync(var isr)) {
                        for (int member : isr.asList()) {
                            others = others.without(member);
                        }
                        distorted.add(new PartitionChange.EligibleLeaders(others));
                    }
                }
            }
            return new PartitionChanged(topic, index, epoch, distorted);
        }

        private static boolean electsNobody(List<PartitionChange> changes) {
            return changes.contains(new PartitionChange.Leader(-1));
        }

        private List<PartitionChange> distorted(PartitionChange change) {
            boolean dropped =
                    switch (change) {
                        case PartitionChange.Recovery(var state) ->
                                this == HIDES_AN_UNCLEAN_ELECTION
                                        && state == LeaderRecovery.RECOVERING;
                        case PartitionChange.UncleanEpoch _ ->
                                this == FORGETS_WHEN_IT_ELECTED_UNCLEANLY;
                        case PartitionChange.LeaderEpoch _ -> this == KEEPS_THE_LEADER_EPOCH;
                        case PartitionChange.Adding(var ids) ->
                                this == NEVER_ENDS_A_REASSIGNMENT && ids.isEmpty();
                        case PartitionChange.EligibleLeaders _ -> this == CALLS_EVERYBODY_ELIGIBLE;
                        default -> false;
                    };
            if (this == COUNTS_STRANGERS_AS_IN_SYNC
                    && change instanceof PartitionChange.InSync(var isr)) {
                return List.of(new PartitionChange.InSync(isr.with(77)));
            }
            return dropped ? List.of() : List.of(change);
        }
    }

    private static MetadataImage run(long seed, Mutant mutant, Map<String, Integer> seen) {
        try {
            var history = new ReplicaHistory(seed, decider(mutant), mutant::keptInSnapshots, seen);
            for (int step = 0; step < STEPS; step++) {
                history.step();
            }
            history.heal();
            return history.image();
        } catch (RuntimeException | AssertionError broken) {
            throw new IllegalStateException("seed " + seed + ": " + broken.getMessage(), broken);
        }
    }

    private static Decider decider(Mutant mutant) {
        var controller = new Controller(Region.settings(), new PlainConfigs());
        return new Decider() {
            @Override
            @SuppressWarnings("unchecked") // a mutant hears a command of the same type
            public <A> ControllerResult<A> handle(
                    Command<A> command, MetadataImage tip, Circumstances circumstances) {
                var heard = (Command<A>) mutant.heard(command, tip);
                ControllerResult<A> result = controller.handle(heard, tip, circumstances);
                List<List<MetadataRecord>> batches = new ArrayList<>();
                for (List<MetadataRecord> batch : result.batches()) {
                    batches.add(
                            batch.stream()
                                    .filter(one -> !mutant.drops(one, tip))
                                    .map(one -> mutant.distorted(one, tip))
                                    .toList());
                }
                return new ControllerResult<>(batches, result.answer());
            }
        };
    }

    private static List<Long> seeds() {
        Long one = Long.getLong("seed");
        return one != null
                ? List.of(one)
                : LongStream.rangeClosed(1, Long.getLong("seeds", 150)).boxed().toList();
    }
}
