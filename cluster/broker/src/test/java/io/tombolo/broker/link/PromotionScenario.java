package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.coordinator.group.entry.LinkOffsets.Beyond;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.DomainName;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Three brokers of one region with real promotion workers and a real controller, images that come
 * late, commands that get lost, leaders that move and brokers that die, right after the claim or
 * later. What a log holds and where groups stand is a model.
 */
final class PromotionScenario {

    static final String WITHIN = "no group of a writable topic is beyond its copy";
    static final String TOLD = "a writable topic knows where each of its copies ended";
    static final String EPOCHS = "a writable topic has leader epochs above the mirrored ones";
    static final String ENDS_WELL = "every topic is taken over in the end";

    private static final String[] TOPICS = {"orders", "payments"};
    private static final String OFFSETS = "__consumer_offsets";
    private static final int PARTITIONS = 3;
    private static final int OFFSETS_PARTITIONS = 2;

    /** Workers with one fault each. */
    enum Mutant {
        NONE(""),
        CLAMPS_NOTHING(WITHIN),
        TELLS_THE_END_OF_ITS_LOG(WITHIN),
        NEVER_LOOKS_AGAIN(ENDS_WELL);

        private final String law;

        Mutant(String law) {
            this.law = law;
        }

        String law() {
            return law;
        }
    }

    /** A law does not hold. */
    static final class Broken extends AssertionError {
        private static final long serialVersionUID = 1;

        Broken(String law, Object detail) {
            super(law + ": " + detail);
        }
    }

    /** One copy of a partition. */
    private static final class Copy {
        private long end;
        private long highWatermark;
    }

    /** A broker: what it knows of the metadata, and its worker. */
    private final class Node {
        private final int id;
        private final SimulatedNode machine;
        private Images images = new Images();
        private @Nullable PromotionWorker worker;
        private long seen;

        Node(int id) {
            this.id = id;
            this.machine = simulator.addNode("broker-" + id, 1);
            machine.start(environment -> begin(environment.loops().loop(0)));
        }

        private void begin(EventLoop loop) {
            images = Worlds.images(region.image());
            Worlds.controller(images, controller);
            seen = region.image().place().offset();
            LinkEntry entry = Worlds.linked().linksInto(US).iterator().next();
            worker =
                    new PromotionWorker(
                            new LinkPlace(Worlds.linked(), US, id, loop),
                            entry,
                            images,
                            new PromotionWorker.Ports(
                                    new Asked(),
                                    machine.environment().clock(),
                                    new ModelMirrorLog(partition -> position(id, partition)),
                                    PromotionScenario.this::clamp,
                                    Optional::empty));
            loop.execute(worker::look);
        }

        /** An image arrives, perhaps after a newer one. */
        void learn(MetadataImage image) {
            if (machine.running() && image.place().offset() >= seen) {
                machine.environment()
                        .loops()
                        .loop(0)
                        .execute(() -> {
                            if (image.place().offset() >= seen && worker != null) {
                                seen = image.place().offset();
                                Worlds.publish(images, image);
                                Worlds.controller(images, controller);
                                worker.look();
                            }
                        });
            }
        }

        /** The way of this broker to the controller. */
        private final class Asked implements Commands {

            @Override
            public <A> void submit(
                    Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
                later(() -> {
                    if (!calm && dice.chance(0.15)) {
                        later(() -> onLoop(() -> answered.accept(lost())));
                        return;
                    }
                    Answer<A> answer = region.decide(command);
                    later(() -> onLoop(() -> answered.accept(answer)));
                });
            }

            private void onLoop(Runnable task) {
                if (machine.running()) {
                    machine.environment().loops().loop(0).execute(task);
                }
            }

            private <A> Answer<A> lost() {
                return new Refusal(Errors.NOT_CONTROLLER, "lost").answer();
            }
        }
    }

    private final Simulator simulator;
    private final SimulatedEntropy dice;
    private final Mutant mutant;
    private final DecidingRegion region;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<LinkPartition, Map<Integer, Copy>> logs = new HashMap<>();
    private final Map<Integer, Map<TopicPartition, Long>> groups = new TreeMap<>();
    private final Map<LinkPartition, Long> faithful = new HashMap<>();
    private boolean calm;
    private int controller = 1;
    int moveCount;

    PromotionScenario(long seed, Mutant mutant) {
        this.simulator = new Simulator(seed);
        this.dice = simulator.entropy("promotion");
        this.mutant = mutant;
        this.region = new DecidingRegion(US, world());
        for (int id = 1; id <= 3; id++) {
            nodes.add(new Node(id));
        }
        fill();
        region.onChange(delta -> {
            check(delta.after());
            nodes.forEach(node -> later(() -> node.learn(delta.after())));
        });
    }

    private static MetadataImage world() {
        var records = new ArrayList<MetadataRecord>();
        records.addAll(Worlds.link());
        records.addAll(Worlds.owned(EU, 1));
        for (String topic : TOPICS) {
            create(records, topic, PARTITIONS);
            records.addAll(Worlds.mirror(topic, MirrorTopic.State.MIRRORING));
        }
        create(records, OFFSETS, OFFSETS_PARTITIONS);
        return Worlds.image(records);
    }

    private static void create(List<MetadataRecord> records, String topic, int partitions) {
        Uuid id = Worlds.idOf(topic);
        records.add(new TopicCreated(topic, id));
        BrokerIds all = BrokerIds.of(1, 2, 3);
        for (int index = 0; index < partitions; index++) {
            records.add(
                    new PartitionCreated(
                            id,
                            index,
                            new PartitionRegistration(all, all, index % 3 + 1, 5, 0, List.of())));
        }
    }

    /** All replicas have what is below the high watermark; leaders may have a little more. */
    private void fill() {
        for (String topic : TOPICS) {
            for (int index = 0; index < PARTITIONS; index++) {
                var id = new LinkPartition(Worlds.idOf(topic), topic, index);
                long safe = dice.between(0, 50);
                var copies = new TreeMap<Integer, Copy>();
                for (int broker = 1; broker <= 3; broker++) {
                    var copy = new Copy();
                    copy.highWatermark = safe;
                    copy.end = safe;
                    copies.put(broker, copy);
                }
                copies.get(index % 3 + 1).end += dice.chance(0.5) ? dice.between(1, 9) : 0;
                logs.put(id, copies);
                faithful.put(id, safe);
                var partition = new TopicPartition(topic, index);
                for (int offsets = 0; offsets < OFFSETS_PARTITIONS; offsets++) {
                    groups.computeIfAbsent(offsets, _ -> new HashMap<>())
                            .put(partition, dice.between(0, 70));
                }
            }
        }
    }

    // --- life

    void run() {
        later(this::claim);
        fault();
        simulator.runFor(Duration.ofSeconds(4));
        calm = true;
        nodes.forEach(node -> {
            if (!node.machine.running()) {
                node.machine.restart();
            }
        });
        spread();
        if (!simulator.runUntil(this::done, Duration.ofSeconds(20))) {
            var entry = Worlds.linked().linksInto(US).iterator().next();
            throw new Broken(ENDS_WELL, PromotionStanding.of(region.image(), entry, 2).problem());
        }
    }

    /** Somebody claims, and perhaps dies before it can begin. */
    private void claim() {
        region.decide(
                new RegionCommand.ClaimOwnership(
                        new DomainName(LINK.name()), US, 1, Ownership.Mode.FORCED, "a test"));
        if (dice.chance(0.5)) {
            later(() -> region.decide(new LinkCommand.BeginPromotion(LINK, "a test")));
        }
    }

    private boolean done() {
        return region.image().links().mirrorTopics().values().stream()
                .allMatch(MirrorRegistration::writable);
    }

    /** Images that were lost are seen by those who ask again. */
    private void spread() {
        if (mutant != Mutant.NEVER_LOOKS_AGAIN) {
            nodes.forEach(node -> node.learn(region.image()));
        }
        simulator.after(Duration.ofMillis(200), "spread", this::spread);
    }

    private void fault() {
        if (calm) {
            return;
        }
        Node victim = nodes.get((int) dice.between(0, 2));
        if (dice.chance(0.3) && victim.machine.running()) {
            victim.machine.kill();
            victim.worker = null;
            simulator.after(
                    Duration.ofMillis(dice.between(100, 2_000)),
                    "restart",
                    () -> {
                        if (!victim.machine.running()) {
                            victim.machine.restart();
                        }
                    });
        }
        controller = dice.chance(0.2) ? (int) dice.between(1, 3) : controller;
        for (int moves = (int) dice.between(0, 3); moves > 0; moves--) {
            moveALeader();
        }
        catchUp();
        simulator.after(Duration.ofMillis(dice.between(20, 400)), "fault", this::fault);
    }

    private void moveALeader() {
        List<TopicImage> topics = List.copyOf(region.image().topics().byId().values());
        TopicImage topic = topics.get((int) dice.between(0, topics.size() - 1));
        int index = (int) dice.between(0, topic.partitions().count() - 1);
        PartitionRegistration partition = topic.partitions().get(index);
        int next = (int) dice.between(1, 3);
        if (next == partition.leader()) {
            return;
        }
        var id = new LinkPartition(topic.id(), topic.name(), index);
        boolean stopping = region.image().links().mirrorTopic(topic.id()).isPresent();
        moveCount += stopping ? 1 : 0;
        region.commit(
                List.of(
                        new PartitionChanged(
                                topic.id(),
                                index,
                                partition.partitionEpoch() + 1,
                                List.of(
                                        new PartitionChange.Leader(next),
                                        new PartitionChange.LeaderEpoch(
                                                partition.leaderEpoch() + 1)))));
        Map<Integer, Copy> copies = logs.get(id);
        if (copies != null) {
            copies.values().forEach(copy -> copy.end = copies.get(next).end); // truncated
        }
    }

    /** Followers fetch, so high watermarks follow the ends of leaders. */
    private void catchUp() {
        logs.forEach((id, copies) -> {
            int leader =
                    region.image()
                            .topics()
                            .partition(new PartitionId(id.topicId(), id.partition()))
                            .orElseThrow()
                            .leader();
            if (dice.chance(0.5)) {
                long end = copies.get(leader).end;
                copies.values()
                        .forEach(copy -> {
                            copy.end = end;
                            copy.highWatermark = end;
                        });
                faithful.merge(id, end, Math::max);
            }
        });
    }

    private void later(Runnable action) {
        long micros = dice.between(100, calm || dice.chance(0.9) ? 20_000 : 900_000);
        simulator.after(Duration.ofNanos(micros * 1_000), "message", action);
    }

    // --- what workers look at

    private MirrorLog.@Nullable Position position(int broker, LinkPartition id) {
        PartitionRegistration partition =
                region.image()
                        .topics()
                        .partition(new PartitionId(id.topicId(), id.partition()))
                        .orElseThrow();
        if (partition.leader() != broker) {
            return null;
        }
        Copy copy = logs.get(id).get(broker);
        if (calm) {
            copy.highWatermark = copy.end;
            faithful.merge(id, copy.end, Math::max);
        }
        long high = mutant == Mutant.TELLS_THE_END_OF_ITS_LOG ? copy.end : copy.highWatermark;
        return new MirrorLog.Position(0, high, copy.end, 4, partition.leaderEpoch());
    }

    private void clamp(
            int offsetsPartition,
            Map<TopicPartition, Long> ends,
            Consumer<Optional<List<Beyond>>> answer) {
        if (!calm && dice.chance(0.3)) {
            answer.accept(Optional.empty());
            return;
        }
        var beyond = new ArrayList<Beyond>();
        groups.get(offsetsPartition)
                .replaceAll((partition, offset) -> {
                    long end = ends.getOrDefault(partition, Long.MAX_VALUE);
                    if (offset > end) {
                        beyond.add(new Beyond("billing", partition, offset));
                    }
                    return mutant == Mutant.CLAMPS_NOTHING ? offset : Math.min(offset, end);
                });
        answer.accept(Optional.of(beyond));
    }

    int clampedCount() {
        return region.image().links().mirrorTopics().values().stream()
                .mapToInt(mirror ->
                        mirror.promotion().clamped().values().stream().mapToInt(List::size).sum())
                .sum();
    }

    // --- laws

    private void check(MetadataImage image) {
        for (MirrorRegistration mirror : image.links().mirrorTopics().values()) {
            if (mirror.writable()) {
                TopicImage topic = image.topics().topic(mirror.topicId()).orElseThrow();
                topic.partitions()
                        .forEach((index, partition) -> check(topic, mirror, index, partition));
            }
        }
    }

    private void check(
            TopicImage topic,
            MirrorRegistration mirror,
            int index,
            PartitionRegistration partition) {
        var id = new LinkPartition(topic.id(), topic.name(), index);
        var end = mirror.promotion().endOf(index);
        require(end.isPresent(), TOLD, id);
        require(partition.leaderEpoch() > 5, EPOCHS, id);
        long safe = faithful.getOrDefault(id, 0L);
        for (Map<TopicPartition, Long> positions : groups.values()) {
            long offset = positions.getOrDefault(new TopicPartition(topic.name(), index), 0L);
            require(offset <= safe, WITHIN, id + " at " + offset + ", copied to " + safe);
        }
    }

    private static void require(boolean holds, String law, Object detail) {
        if (!holds) {
            throw new Broken(law, detail);
        }
    }
}
