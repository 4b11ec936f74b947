package io.tombolo.controller.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.HandoverCommand.FencePartitions;
import io.tombolo.controller.command.HandoverCommand.Fenced;
import io.tombolo.controller.command.HandoverCommand.HandOver;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Claim;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Ownership.Mode;
import io.tombolo.region.ownership.OwnershipLedger;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One region hands a topic over to another one, and may take it back, while clients write all the
 * time, leaders learn of the metadata late and are restarted, what regions say to each other is
 * lost, late or comes twice, and operators are impatient: they complete and take back at any
 * moment, also with what they were told long ago. The region that gives decides with the real
 * steps; the one that takes is its ownership ledger, and what it has copied.
 *
 * <p>Invariants: never two regions write; no record was acknowledged beyond the fence; who takes
 * over has all that was acknowledged; what was taken back is written again; an epoch has one owner.
 */
class HandoverSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 400);
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final LinkName LINK = new LinkName("eu-to-us");
    private static final DomainName DOMAIN = new DomainName(LINK.name());
    private static final Uuid TOPIC = new Uuid(5, 5);
    private static final int PARTITIONS = 2;

    /** What is wrong with a world. */
    private enum Fault {
        NONE(""),
        COMPLETES_WHAT_WAS_TAKEN_BACK("acknowledged"),
        COMPLETES_WITHOUT_ALL_FENCES("acknowledged"),
        BELIEVES_ANY_COPY("has all that was acknowledged"),
        FENCES_UNDER_AN_EARLIER_HANDOVER("beyond the fence"),
        WRITES_WHILE_HANDING_OVER("beyond the fence"),
        TAKES_OVER_ON_THE_HANDOVER("two regions write"),
        KEEPS_WRITES_HELD("written again");

        private final String law;

        Fault(String law) {
            this.law = law;
        }
    }

    @Test
    void nothingIsLostAndNobodyWritesTwiceWhateverHappens() {
        int handedOver = 0;
        int takenBack = 0;
        for (long seed = 0; seed < SEEDS; seed++) {
            var world = new World(seed, Fault.NONE);
            world.run();
            handedOver += world.handedOver;
            takenBack += world.takenBack;
        }
        assertThat(handedOver).isGreaterThan(SEEDS / 10);
        assertThat(takenBack).isGreaterThan(SEEDS / 10);
    }

    @Test
    void oneSeedTwiceGivesOneTrace() {
        var first = new World(3, Fault.NONE);
        var second = new World(3, Fault.NONE);

        first.run();
        second.run();

        assertThat(first.trace).hasToString(second.trace.toString());
    }

    @Test
    void everyMistakeIsCaught() {
        for (Fault fault : Fault.values()) {
            if (fault != Fault.NONE) {
                assertThatThrownBy(() -> runAll(fault))
                        .as(fault.name())
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining(fault.law);
            }
        }
    }

    private static void runAll(Fault fault) {
        for (long seed = 0; seed < Math.max(SEEDS, 2_000); seed++) {
            new World(seed, fault).run();
        }
    }

    private static final class World {

        private final long seed;
        private final Fault fault;
        private final Random random;
        private final StringBuilder trace = new StringBuilder();
        private final List<List<Integer>> logs = new ArrayList<>();
        private final List<List<Integer>> copies = new ArrayList<>();
        private final Ownership[] applied = new Ownership[PARTITIONS];
        private final List<Ownership> history = new ArrayList<>();
        private final List<HandoverCommand<?>> toController = new ArrayList<>();
        private final List<List<Ownership>> documents = new ArrayList<>();
        private final List<HandOver> told = new ArrayList<>();
        private final Map<Long, RegionId> owners = new TreeMap<>();
        private MetadataImage eu;
        private OwnershipLedger us = OwnershipLedger.EMPTY;
        private int next;
        private int handedOver;
        private int takenBack;

        World(long seed, Fault fault) {
            this.seed = seed;
            this.fault = fault;
            this.random = new Random(seed);
            var first = new Ownership(DOMAIN, EU, 1, Mode.STEADY);
            this.eu = MetadataImage.EMPTY;
            var records = new ArrayList<MetadataRecord>();
            records.add(new RegionIdentity(new Uuid(1, 1), EU));
            records.add(
                    new LinkDefined(
                            LINK,
                            new Uuid(7, 7),
                            EU,
                            US,
                            new TreeMap<>(Map.of(LinkDefined.TOPICS, "*"))));
            records.add(new TopicCreated("orders", TOPIC));
            for (int index = 0; index < PARTITIONS; index++) {
                records.add(
                        new PartitionCreated(
                                TOPIC,
                                index,
                                PartitionRegistration.created(
                                        BrokerIds.of(1), List.of(new Uuid(9, 9)))));
                logs.add(new ArrayList<>());
                copies.add(new ArrayList<>());
                applied[index] = first;
            }
            records.add(new OwnershipRecord(first, "first"));
            commit(records);
        }

        void run() {
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(14)) {
                    case 0, 1, 2 -> produce(random.nextInt(PARTITIONS));
                    case 3, 4 -> learn(random.nextInt(PARTITIONS));
                    case 5, 6 -> fence(random.nextInt(PARTITIONS));
                    case 7 -> deliverFence();
                    case 8, 9 -> copy(random.nextInt(PARTITIONS));
                    case 10 -> documents.add(records());
                    case 11 -> hear();
                    case 12 -> tellCopies();
                    default -> operate();
                }
                check();
            }
            whatWasTakenBackIsWrittenAgain();
        }

        // --- eu

        private Ownership ownership() {
            return eu.region().ownershipOf(DOMAIN).orElseThrow().ownership();
        }

        private boolean takesWrites(int partition) {
            return applied[partition].lets(EU)
                    || fault == Fault.WRITES_WHILE_HANDING_OVER
                            && applied[partition].mode() == Mode.HANDOVER
                            && random.nextInt(8) == 0;
        }

        private void produce(int partition) {
            if (takesWrites(partition)) {
                logs.get(partition).add(next++);
                trace.append("eu acknowledges in ").append(partition).append('\n');
            }
        }

        /** A leader sees some more of the metadata, one after the other, and perhaps not all. */
        private void learn(int partition) {
            int known = history.indexOf(applied[partition]);
            if (known + 1 < history.size()) {
                applied[partition] = history.get(known + 1);
            }
        }

        private void learnAll(int partition) {
            applied[partition] = ownership();
        }

        /** It tells its end when it holds writes for the handover that is under way. */
        private void fence(int partition) {
            Ownership now = ownership();
            Ownership role = applied[partition];
            boolean held =
                    fault == Fault.FENCES_UNDER_AN_EARLIER_HANDOVER
                            ? role.mode() == Mode.HANDOVER
                            : role.mode() == Mode.HANDOVER && role.epoch() == now.epoch();
            if (now.mode() == Mode.HANDOVER && held) {
                toController.add(
                        new FencePartitions(
                                DOMAIN,
                                now.epoch(),
                                new TreeMap<>(
                                        Map.of(
                                                new PartitionId(TOPIC, partition),
                                                new Fenced(0, end(logs.get(partition)))))));
            }
        }

        /** Any of those that were ever sent, again perhaps. */
        private void deliverFence() {
            if (!toController.isEmpty()) {
                decide(toController.get(random.nextInt(toController.size())));
            }
        }

        private void decide(HandoverCommand<?> command) {
            Set<HandoverSteps.Rule> rules = EnumSet.allOf(HandoverSteps.Rule.class);
            switch (fault) {
                case COMPLETES_WHAT_WAS_TAKEN_BACK -> {
                    rules.remove(HandoverSteps.Rule.EPOCH);
                    rules.remove(HandoverSteps.Rule.ALL_FENCED);
                }
                case COMPLETES_WITHOUT_ALL_FENCES -> rules.remove(HandoverSteps.Rule.ALL_FENCED);
                case BELIEVES_ANY_COPY -> rules.remove(HandoverSteps.Rule.COPIES_END_THERE);
                default -> {}
            }
            if (HandoverSteps.decide(command, eu, rules)
                    instanceof Answer.Done<List<List<MetadataRecord>>>(var batches)) {
                batches.forEach(this::commit);
            }
        }

        private void commit(List<? extends MetadataRecord> batch) {
            eu = eu.apply(List.copyOf(batch), eu.place()).image();
            Ownership now = ownership();
            if (!history.contains(now)) {
                trace.append("eu commits ").append(now).append('\n');
                history.add(now);
                RegionId first = owners.putIfAbsent(now.epoch(), now.owner());
                require(first == null || first.equals(now.owner()), "an epoch has one owner");
                if (now.owner().equals(US)) {
                    handedOver++;
                    handedOver();
                }
            }
        }

        private void claim(Mode mode, long expectedEpoch) {
            var ledger = OwnershipLedger.of(List.of(ownership()));
            if (ledger.claim(DOMAIN, EU, expectedEpoch, mode)
                    instanceof Claim.Granted(var granted)) {
                takenBack += mode == Mode.STEADY ? 1 : 0;
                commit(List.of(new OwnershipRecord(Takings.with(granted, eu), "test")));
            }
        }

        /** What operators ask for, also of a handover that is over. */
        private void operate() {
            Ownership now = ownership();
            if (!now.owner().equals(EU)) {
                return;
            }
            long epoch = now.epoch() - (random.nextInt(6) == 0 ? 1 : 0);
            if (now.mode() != Mode.HANDOVER) {
                claim(Mode.HANDOVER, epoch);
            } else if (random.nextInt(4) == 0 && fault != Fault.KEEPS_WRITES_HELD) {
                claim(Mode.STEADY, epoch);
            }
            if (!told.isEmpty()) {
                decide(told.get(told.size() - 1 - random.nextInt(Math.min(4, told.size()))));
            }
        }

        // --- us

        private List<Ownership> records() {
            return List.of(ownership());
        }

        /** Documents come late, twice, in any order, or never. */
        private void hear() {
            if (!documents.isEmpty()) {
                List<Ownership> document = documents.get(random.nextInt(documents.size()));
                for (Ownership news : us.observe(document)) {
                    us = us.with(news);
                }
            }
        }

        private boolean usWrites() {
            Ownership known = us.find(DOMAIN).orElse(null);
            return known != null
                    && (known.lets(US)
                            || fault == Fault.TAKES_OVER_ON_THE_HANDOVER
                                    && known.mode() == Mode.HANDOVER);
        }

        private void copy(int partition) {
            List<Integer> copy = copies.get(partition);
            List<Integer> log = logs.get(partition);
            if (!usWrites() && copy.size() < log.size()) {
                copy.add(log.get(copy.size()));
            }
        }

        private void tellCopies() {
            Ownership known = us.find(DOMAIN).orElse(null);
            if (known != null && known.mode() == Mode.HANDOVER) {
                told.add(new HandOver(DOMAIN, US, known.epoch(), ends(), "test"));
            }
        }

        private SortedMap<PartitionId, PartitionEnd> ends() {
            var ends = new TreeMap<PartitionId, PartitionEnd>();
            for (int index = 0; index < PARTITIONS; index++) {
                ends.put(new PartitionId(TOPIC, index), end(copies.get(index)));
            }
            return ends;
        }

        private static PartitionEnd end(List<Integer> log) {
            return new PartitionEnd(
                    log.size(), log.isEmpty() ? -1 : 0, log.isEmpty() ? -1 : log.getLast());
        }

        // --- laws

        private void handedOver() {
            for (int index = 0; index < PARTITIONS; index++) {
                require(
                        copies.get(index).equals(logs.get(index)),
                        "who takes over has all that was acknowledged: partition " + index);
            }
        }

        private void check() {
            for (int index = 0; index < PARTITIONS; index++) {
                require(!(applied[index].lets(EU) && usWrites()), "two regions write");
                PartitionEnd fence =
                        eu.region().handovers().fencesOf(DOMAIN).get(new PartitionId(TOPIC, index));
                require(
                        fence == null || fence.endOffset() == logs.get(index).size(),
                        "no record was acknowledged beyond the fence: partition " + index);
                require(
                        ownership().owner().equals(EU)
                                || copies.get(index).size() == logs.get(index).size(),
                        "no record was acknowledged beyond the fence once it was handed over");
            }
        }

        /** The operator gives up, and every leader hears of it. */
        private void whatWasTakenBackIsWrittenAgain() {
            if (!ownership().owner().equals(EU)) {
                return;
            }
            if (ownership().mode() == Mode.HANDOVER && fault != Fault.KEEPS_WRITES_HELD) {
                claim(Mode.STEADY, ownership().epoch());
            }
            for (int index = 0; index < PARTITIONS; index++) {
                learnAll(index);
                int before = logs.get(index).size();
                produce(index);
                require(logs.get(index).size() > before, "what was taken back is written again");
                check();
            }
            told.forEach(this::decide);
            require(ownership().owner().equals(EU), "a late completion counts for nothing");
        }

        private void require(boolean holds, String law) {
            if (!holds) {
                throw new AssertionError("seed " + seed + ": " + law + "\n" + trace);
            }
        }
    }
}
