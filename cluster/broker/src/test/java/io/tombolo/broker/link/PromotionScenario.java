package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.broker.torn.Suspect;
import io.tombolo.broker.torn.TornTransactions;
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
import io.tombolo.metadata.image.Promotion;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions.OpenTransaction;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
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
    static final String ABORTED = "a partition that takes writes has no transaction left open";
    static final String ONCE = "a transaction is aborted once";
    static final String NAMED = "a transaction that is aborted was told before";
    static final String COMPARED = "what is committed here and aborted elsewhere is told";
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
        NEVER_LOOKS_AGAIN(ENDS_WELL),
        ABORTS_NOTHING(ABORTED),
        BELIEVES_WHAT_IS_NOT_COMMITTED(ABORTED),
        ABORTS_AGAIN(ONCE),
        NAMES_ALL_BUT_ONE(NAMED),
        COMPARES_NOTHING(COMPARED);

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
        private final TreeMap<Long, Long> open = new TreeMap<>();
        private final TreeMap<Long, Integer> markers = new TreeMap<>();

        /** Has what a leader has, and no more. */
        void follow(Copy leader) {
            end = leader.end;
            var leaderOpen = new TreeMap<>(leader.open);
            open.clear();
            open.putAll(leaderOpen);
            var leaderMarkers = new TreeMap<>(leader.markers);
            markers.clear();
            markers.putAll(leaderMarkers);
        }

        void abort(long firstOffset) {
            end++;
            open.remove(firstOffset);
            markers.merge(firstOffset, 1, Integer::sum);
        }
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
                                    new Transactions(),
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

        /** What is open in the logs that this broker leads. */
        private final class Transactions implements OpenTransactionLog {

            @Override
            public void find(Place place, Consumer<Optional<Found>> answer) {
                answer.accept(
                        led(place)
                                .map(copy ->
                                        new Found(OpenTransactions.of(found(copy)), copy.end)));
            }

            @Override
            public void abort(Place place, Consumer<OptionalLong> answer) {
                Optional<Copy> led = led(place).filter(_ -> stopped(place.partition()));
                if (mutant == Mutant.ABORTS_NOTHING) {
                    led.ifPresent(claimedFree::add);
                }
                led.filter(_ -> mutant != Mutant.ABORTS_NOTHING)
                        .ifPresent(copy -> List.copyOf(copy.open.keySet()).forEach(copy::abort));
                answer.accept(
                        led.map(copy -> OptionalLong.of(copy.end)).orElse(OptionalLong.empty()));
            }

            @Override
            public void committed(
                    Place place,
                    Set<Suspect> suspects,
                    Consumer<Optional<List<TornTransaction>>> answer) {
                boolean looks =
                        mutant != Mutant.COMPARES_NOTHING
                                && suspects.contains(new Suspect(PRODUCER, 0));
                answer.accept(
                        led(place).map(_ -> looks ? committedIn(place.partition()) : List.of()));
            }

            private Optional<Copy> led(OpenTransactionLog.Place place) {
                boolean leads =
                        region.image()
                                .topics()
                                .partition(idOf(place.partition()))
                                .filter(one -> one.leader() == id)
                                .filter(one -> one.leaderEpoch() == place.leaderEpoch())
                                .isPresent();
                return leads && (calm || dice.chance(0.8))
                        ? Optional.ofNullable(logs.get(place.partition()).get(id))
                        : Optional.empty();
            }

            private List<OpenTransaction> found(Copy copy) {
                if (mutant == Mutant.ABORTS_AGAIN) {
                    List.copyOf(copy.markers.keySet())
                            .forEach(first -> copy.open.put(first, PRODUCER));
                } else if (claimedFree.contains(copy)) {
                    return List.of();
                }
                return copy.open.entrySet().stream()
                        .skip(mutant == Mutant.NAMES_ALL_BUT_ONE && copy.open.size() > 1 ? 1 : 0)
                        .map(one -> new OpenTransaction(one.getValue(), 0, one.getKey(), 1))
                        .toList();
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

    /** Logs of which a broken variant says that nothing is open any more. */
    private final Set<Copy> claimedFree = new HashSet<>();

    private final Map<Integer, Map<TopicPartition, Long>> groups = new TreeMap<>();
    private final Map<LinkPartition, Long> faithful = new HashMap<>();
    private final Set<LinkPartition> committed = new HashSet<>();
    private static final long PRODUCER = 7;
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
            for (Node node : nodes) {
                if (calm || dice.chance(0.8)) {
                    later(() -> node.learn(delta.after()));
                }
            }
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
                leaveOpen(safe, copies);
                copies.get(index % 3 + 1).end += dice.chance(0.5) ? dice.between(1, 9) : 0;
                logs.put(id, copies);
                faithful.put(id, safe);
                if (dice.chance(0.4)) {
                    committed.add(id);
                }
                var partition = new TopicPartition(topic, index);
                for (int offsets = 0; offsets < OFFSETS_PARTITIONS; offsets++) {
                    groups.computeIfAbsent(offsets, _ -> new HashMap<>())
                            .put(partition, dice.between(0, 70));
                }
            }
        }
    }

    private List<TornTransaction> committedIn(LinkPartition id) {
        return committed.contains(id) ? List.of(new TornTransaction(PRODUCER, 0, 1, 2)) : List.of();
    }

    private void leaveOpen(long safe, Map<Integer, Copy> copies) {
        for (long count = dice.between(0, 2); safe > 0 && count > 0; count--) {
            long first = dice.between(0, safe - 1);
            copies.values().forEach(copy -> copy.open.put(first, PRODUCER));
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
        checkComparisons();
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
                        .allMatch(one -> one.writable() && !one.promotion().unaborted())
                && !TornTransactions.uncompared(region.image(), LINK);
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
            copies.values().forEach(copy -> copy.follow(copies.get(next))); // truncated
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
                            copy.follow(copies.get(leader));
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
        boolean believes =
                mutant == Mutant.TELLS_THE_END_OF_ITS_LOG
                        || mutant == Mutant.BELIEVES_WHAT_IS_NOT_COMMITTED && stopped(id);
        long high = believes ? copy.end : copy.highWatermark;
        return new MirrorLog.Position(0, high, copy.end, 4, partition.leaderEpoch());
    }

    private boolean stopped(LinkPartition id) {
        return region.image()
                .links()
                .mirrorTopic(id.topicId())
                .filter(MirrorRegistration::writable)
                .isPresent();
    }

    private static PartitionId idOf(LinkPartition id) {
        return new PartitionId(id.topicId(), id.partition());
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

    /** Transactions that were told, in all partitions. */
    int abortedCount() {
        return region.image().links().mirrorTopics().values().stream()
                .flatMap(mirror -> mirror.promotion().transactions().values().stream())
                .mapToInt(OpenTransactions::count)
                .sum();
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
        checkTransactions(id, mirror.promotion(), logs.get(id).get(partition.leader()));
        long safe = faithful.getOrDefault(id, 0L);
        for (Map<TopicPartition, Long> positions : groups.values()) {
            long offset = positions.getOrDefault(new TopicPartition(topic.name(), index), 0L);
            require(offset <= safe, WITHIN, id + " at " + offset + ", copied to " + safe);
        }
    }

    private void checkComparisons() {
        if (TornTransactions.suspects(region.image(), LINK).isEmpty()) {
            return;
        }
        for (LinkPartition id : logs.keySet()) {
            Promotion promotion =
                    region.image().links().mirrorTopic(id.topicId()).orElseThrow().promotion();
            List<TornTransaction> told = promotion.compared().get(id.partition());
            require(committedIn(id).equals(told), COMPARED, id + ": " + told);
        }
    }

    private static void checkTransactions(LinkPartition id, Promotion promotion, Copy log) {
        List<Long> told =
                Optional.ofNullable(promotion.transactions().get(id.partition())).stream()
                        .flatMap(open -> open.told().stream())
                        .map(OpenTransaction::firstOffset)
                        .toList();
        log.markers.forEach((first, count) -> {
            require(count == 1, ONCE, id + " at " + first + ": " + count);
            require(told.contains(first), NAMED, id + " at " + first);
        });
        boolean takesWrites = !promotion.holdsWrites(id.partition());
        require(!takesWrites || log.open.isEmpty(), ABORTED, id + ": " + log.open);
    }

    private static void require(boolean holds, String law, Object detail) {
        if (!holds) {
            throw new Broken(law, detail);
        }
    }
}
