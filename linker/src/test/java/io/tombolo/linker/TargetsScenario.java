package io.tombolo.linker;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;

import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One seeded life of a link between two source brokers and three brokers here that share the
 * copies: leaders move at both ends, brokers die and come back, followers lag. What a leader had
 * alone may be lost with it.
 */
final class TargetsScenario {

    static final String PREFIX = "a copy is a byte-exact prefix of its source";
    static final String OFFENCE = "nothing is handed in that must not be";
    static final String CLAMPED = "group offsets stay below the high watermarks";
    static final String SETTLED = "everything is copied in the end, by the leader of each copy";

    private static final int BROKERS = 3;
    private static final List<Endpoint> SOURCE =
            List.of(new Endpoint("eu1", 9092), new Endpoint("eu2", 9092));

    /** Regions with one fault each. */
    enum Mutant {
        NONE(""),
        TELLS_OF_COPIES_ELSEWHERE_AS_IF_ALL_WAS_SAFE(CLAMPED),
        TELLS_NO_HIGH_WATERMARK(SETTLED),
        TELLS_NOBODY_THAT_A_LEADER_MOVED(SETTLED);

        private final String invariant;

        Mutant(String invariant) {
            this.invariant = invariant;
        }

        String invariant() {
            return invariant;
        }
    }

    private final Simulator simulator;
    private final SimulatedEntropy dice;
    private final Mutant mutant;
    private final ModelSource source = new ModelSource();
    private final Map<Integer, ModelRegion> running = new TreeMap<>();
    private final Map<LinkPartition, Long> safe = new HashMap<>();
    final ModelRegion.Shared region = new ModelRegion.Shared();
    private int coordinator = 1;
    int moveCount;
    int killCount;

    TargetsScenario(long seed, Mutant mutant) {
        this.simulator = new Simulator(seed);
        this.mutant = mutant;
        this.dice = simulator.entropy("targets");
        simulator.network().latency(Latency.between(Duration.ofMillis(2), Duration.ofMillis(40)));
        for (int broker = 1; broker <= 2; broker++) {
            int id = broker;
            source.brokerHosts.put(id, "eu" + id);
            simulator
                    .addNode("eu" + id, 1)
                    .start(environment -> new ModelSourceBroker(id, source, environment).listen());
        }
        for (int broker = 1; broker <= BROKERS; broker++) {
            int id = broker;
            simulator.addNode("us" + id, 1).start(environment -> open(id, environment));
        }
        simulator.afterEachEvent(this::check);
    }

    private void open(int id, Environment environment) {
        var here =
                new ModelRegion(
                        environment,
                        SOURCE,
                        new LinkSpec.Settings(
                                true,
                                Duration.ofMillis(300),
                                true,
                                Duration.ofMillis(400),
                                new LinkSpec.Volume(64 * 1024, 256 * 1024, 0),
                                Duration.ZERO),
                        () -> 300_000,
                        () -> false,
                        region);
        here.brokerCount = BROKERS;
        here.log.broker = id;
        here.log.silent = mutant == Mutant.TELLS_NO_HIGH_WATERMARK;
        here.log.boastful = mutant == Mutant.TELLS_OF_COPIES_ELSEWHERE_AS_IF_ALL_WAS_SAFE;
        here.coordinator = () -> coordinator;
        here.spread = this::publish;
        running.put(id, here);
        environment.loops().loop(0).execute(() -> here.open(EnumSet.allOf(Safeguard.class)));
    }

    /** All brokers hear of a new image, each on its own loop. */
    private void publish() {
        for (int id : List.copyOf(running.keySet())) {
            simulator
                    .node("us" + id)
                    .environment()
                    .loops()
                    .loop(0)
                    .execute(() -> {
                        ModelRegion here = running.get(id);
                        if (here != null) {
                            here.publish();
                        }
                    });
        }
    }

    // --- life

    void run() {
        source.create("orders", 4);
        source.create("payments", 1);
        for (int round = 0; round < 60; round++) {
            act();
            simulator.runFor(Duration.ofMillis(dice.between(10, 500)));
        }
        simulator.network().healAll();
        for (int broker = 1; broker <= 2; broker++) {
            if (!simulator.node("eu" + broker).running()) {
                simulator.node("eu" + broker).restart();
            }
        }
        for (int broker = 1; broker <= BROKERS; broker++) {
            if (!simulator.node("us" + broker).running()) {
                simulator.node("us" + broker).restart();
            }
        }
        replicate();
        boolean settled = simulator.runUntil(this::isSettled, Duration.ofSeconds(60));
        require(settled, SETTLED, settled ? "" : describe());
    }

    private void act() {
        var topic = source.topics.get(dice.chance(0.7) ? "orders" : "payments");
        int number = (int) dice.between(0, topic.parts.size() - 1);
        var part = topic.parts.get(number);
        switch ((int) dice.between(0, 15)) {
            case 0, 1, 2, 3, 4 -> produce((int) dice.between(1, 40));
            case 5 -> source.electLeader(part);
            case 6 -> source.raiseEpoch(part, (int) dice.between(1, 40));
            case 7 -> killOrStart("eu" + dice.between(1, 2));
            case 8 -> simulator.network().reset("us" + dice.between(1, 3), "eu1");
            case 9, 10, 11 -> moveALeader();
            case 12 -> killOrStartATarget((int) dice.between(1, BROKERS));
            case 13 -> {
                coordinator = (int) dice.between(1, BROKERS);
                publish();
            }
            case 14 -> source.commit("billing-" + dice.between(1, 5), topic.name, number, part.end);
            default ->
                    region.logs
                            .values()
                            .forEach(log -> {
                                if (dice.chance(0.6)) {
                                    log.replicate();
                                }
                            });
        }
    }

    private void produce(int batches) {
        for (int i = 0; i < batches; i++) {
            var topic = source.topics.get(dice.chance(0.7) ? "orders" : "payments");
            int number = (int) dice.between(0, topic.parts.size() - 1);
            source.produce(topic, number, (int) dice.between(1, 9));
        }
    }

    private void moveALeader() {
        List<Integer> alive = List.copyOf(running.keySet());
        if (region.logs.isEmpty() || alive.isEmpty()) {
            return;
        }
        var logs = List.copyOf(region.logs.values());
        ModelMirrorLog.Log log = logs.get((int) dice.between(0, logs.size() - 1));
        moveTo(log, alive.get((int) dice.between(0, alive.size() - 1)));
    }

    private void moveTo(ModelMirrorLog.Log log, int broker) {
        moveCount++;
        log.lead(broker, (int) dice.between(0, 3));
        if (mutant != Mutant.TELLS_NOBODY_THAT_A_LEADER_MOVED) {
            publish();
        }
    }

    private void killOrStart(String host) {
        if (simulator.node(host).running()) {
            simulator.network().healAll();
            simulator.node(host).kill();
        } else {
            simulator.node(host).restart();
        }
    }

    private void killOrStartATarget(int broker) {
        if (!simulator.node("us" + broker).running()) {
            simulator.node("us" + broker).restart();
        } else if (running.size() > 1) {
            killCount++;
            simulator.node("us" + broker).kill();
            running.remove(broker);
            int next = running.keySet().iterator().next();
            coordinator = coordinator == broker ? next : coordinator;
            region.logs.values().stream()
                    .filter(log -> log.leader == broker)
                    .forEach(log -> moveTo(log, next));
        }
    }

    /** From here on the followers keep up. */
    private void replicate() {
        region.logs.values().forEach(ModelMirrorLog.Log::replicate);
        simulator.after(Duration.ofMillis(50), "replicate", this::replicate);
    }

    // --- invariants

    private void check() {
        region.logs.forEach(this::checkLog);
        running.values()
                .forEach(here ->
                        require(
                                here.log.offences.isEmpty(),
                                OFFENCE,
                                String.join("; ", here.log.offences)));
        region.groups.forEach((group, offsets) ->
                offsets.forEach((partition, committed) ->
                        region.logs.forEach((id, log) -> {
                            boolean same =
                                    id.topic().equals(partition.topic())
                                            && id.partition() == partition.partition();
                            require(
                                    !same || committed.offset() <= log.highWatermark(),
                                    CLAMPED,
                                    group + " is at " + committed.offset() + " of " + partition);
                        })));
    }

    private void checkLog(LinkPartition id, ModelMirrorLog.Log log) {
        ModelSource.Key last = null;
        long end = -1;
        long from = safe.getOrDefault(id, -1L);
        for (var stored : log.batches) {
            var key =
                    new ModelSource.Key(
                            id.topicId(),
                            id.partition(),
                            stored.baseOffset(),
                            stored.leaderEpoch(),
                            0);
            if (stored.nextOffset() > from) {
                var original = source.history.get(key);
                require(original != null, PREFIX, id + " holds what was never produced: " + key);
                require(original.bytes().equals(stored.bytes()), PREFIX, "other bytes at " + key);
                boolean follows =
                        last == null
                                || end == stored.baseOffset() && last.equals(original.before());
                require(follows, PREFIX, key + " follows " + last);
            }
            last = key;
            end = stored.nextOffset();
        }
        safe.put(id, log.highWatermark());
    }

    private boolean isSettled() {
        var active = new HashMap<LinkPartition, Integer>();
        running.forEach((broker, here) -> {
            if (here.link != null) {
                for (LinkStatus.TopicStatus topic : here.status().topics()) {
                    for (LinkStatus.PartitionStatus one : topic.partitions()) {
                        if (one.state() == State.ACTIVE && one.lag().records() == 0) {
                            active.put(one.partition(), broker);
                        }
                    }
                }
            }
        });
        for (var topic : source.topics.values()) {
            for (int i = 0; i < topic.parts.size(); i++) {
                var id = new LinkPartition(topic.id, topic.name, i);
                ModelMirrorLog.Log log = region.logs.get(id);
                Integer by = active.get(id);
                boolean well =
                        log != null
                                && by != null
                                && by == log.leader
                                && log.highWatermark() == topic.parts.get(i).end;
                if (!well) {
                    return false;
                }
            }
        }
        return running.size() == BROKERS;
    }

    private String describe() {
        var text = new StringBuilder("coordinator " + coordinator);
        region.logs.forEach((id, log) ->
                text.append(
                        "\n  %s leader %d epoch %d, %d..%d of %d"
                                .formatted(
                                        id,
                                        log.leader,
                                        log.leaderEpoch,
                                        log.highWatermark(),
                                        log.end,
                                        source.topics
                                                .get(id.topic())
                                                .parts
                                                .get(id.partition())
                                                .end)));
        running.forEach((broker, here) ->
                text.append("\n  broker " + broker + ": ")
                        .append(here.link == null ? "no link" : here.status().topics()));
        return text.toString();
    }

    private static void require(boolean holds, String invariant, String detail) {
        if (!holds) {
            throw new AssertionError(invariant + ": " + detail);
        }
    }
}
