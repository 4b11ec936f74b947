package io.tombolo.linker;

import io.tombolo.environment.Endpoint;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.GroupOffsets;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * One seeded life of a link: two source brokers, one destination, faults on all sides, a quiet end
 * and a failover. The invariants are checked after every event; each throws with its name.
 */
final class LinkScenario {

    static final String PREFIX = "the mirror is a byte-exact prefix of the source";
    static final String OFFENCE = "nothing is handed in that must not be";
    static final String CLAMPED = "group offsets stay within the copy";
    static final String STOPPED = "nothing is appended after the failover";
    static final String BEGUN =
            "a copy begins where it was told to, and skips nothing that came later";
    static final String MISSING = "what a copy jumps over is written down, and nothing else is";
    static final String ANEW =
            "a copy begins anew with another source topic, where it may, and never goes back";
    static final String REPORTED = "a copy that is not complete says why";
    static final String SYNCED_IS_COMMITTED = "what is synced of a group is committed here";
    static final String QUIET = "a closed link leaves nothing behind";

    private static final Duration SETTLE = Duration.ofSeconds(90);

    /** What has been verified of one mirror log. */
    private static final class Verified {
        private long end = -1;
        private long reached;
        private ModelSource.@Nullable Key last;
    }

    private final Simulator simulator;
    private final SimulatedEntropy dice;
    private final Set<Safeguard> safeguards;
    private final ModelSource source = new ModelSource();
    private final SimulatedNode us;
    private final ModelRegion region;
    private final Map<LinkPartition, Verified> verified = new HashMap<>();
    private final LinkSpec.Renaming renaming;
    private final LinkSpec.Start start;
    private final LinkSpec.Gap gap;
    private final LinkSpec.Recreate recreate;
    private final Map<LinkPartition, Long> endsBefore = new HashMap<>();
    private boolean troubled;
    private int lives;
    private int corruptions;
    final Set<Reason.Code> seen = new TreeSet<>();
    final Set<State> states = new TreeSet<>();
    boolean jumped;
    boolean restarted;
    private boolean closed;

    LinkScenario(long seed, Set<Safeguard> safeguards) {
        this.simulator = new Simulator(seed);
        this.safeguards = safeguards;
        this.dice = simulator.entropy("scenario");
        this.renaming = seed % 3 == 0 ? new LinkSpec.Renaming("eu.", "") : LinkSpec.Renaming.NONE;
        this.gap = seed / 4 % 2 == 0 ? LinkSpec.Gap.FAIL : LinkSpec.Gap.JUMP;
        this.recreate = seed / 8 % 2 == 0 ? LinkSpec.Recreate.FAIL : LinkSpec.Recreate.RESTART;
        this.start =
                switch ((int) (seed % 4)) {
                    case 0 -> new LinkSpec.Start.Latest();
                    case 2 -> new LinkSpec.Start.At(Instant.ofEpochMilli(1_100));
                    default -> new LinkSpec.Start.Earliest();
                };
        simulator.network().latency(Latency.between(Duration.ofMillis(2), Duration.ofMillis(60)));
        for (int broker = 1; broker <= 2; broker++) {
            int id = broker;
            source.brokerHosts.put(id, "eu" + id);
            simulator
                    .addNode("eu" + id, 1)
                    .start(environment -> new ModelSourceBroker(id, source, environment).listen());
        }
        us = simulator.addNode("us", 1);
        us.start(_ -> {});
        SimulatedEntropy storage = simulator.entropy("storage");
        region =
                new ModelRegion(
                        us.environment(),
                        List.of(new Endpoint("eu1", 9092), new Endpoint("eu2", 9092)),
                        new LinkSpec.Settings(
                                true,
                                Duration.ofMillis(300),
                                true,
                                Duration.ofMillis(400),
                                new LinkSpec.Volume(64 * 1024, 256 * 1024, 0),
                                Duration.ZERO),
                        () -> 300_000,
                        () -> troubled && storage.chance(0.05));
        simulator.afterEachEvent(this::check);
    }

    /** A number that two runs share only when every event was the same. */
    long trace() {
        return simulator.trace().hash();
    }

    /** Runs the whole life. */
    void run() {
        source.create("orders", 3);
        source.create("payments", 1);
        source.create("private-notes", 1);
        region.copy(renaming, start, gap, recreate);
        if (!(start instanceof LinkSpec.Start.Earliest)) {
            produce(60);
        }
        source.topics
                .values()
                .forEach(topic -> {
                    for (int i = 0; i < topic.parts.size(); i++) {
                        endsBefore.put(
                                new LinkPartition(topic.id, topic.name, i), topic.parts.get(i).end);
                    }
                });
        inUs(() -> region.open(safeguards));
        troubled = true;
        for (int round = 0; round < 40; round++) {
            act();
            simulator.runFor(Duration.ofMillis(dice.between(10, 700)));
        }
        troubled = false;
        source.corruptNext = false;
        source.replayNext = false;
        source.stale.clear();
        simulator.network().healAll();
        for (int broker = 1; broker <= 2; broker++) {
            if (!simulator.node("eu" + broker).running()) {
                simulator.node("eu" + broker).restart();
            }
        }
        if (gaveUpOnBytes()) {
            inUs(() -> region.pause(true));
            simulator.runFor(Duration.ofSeconds(1));
        }
        inUs(() -> region.pause(false));
        simulator.runUntil(this::isSettled, SETTLE);
        require(isSettled(), REPORTED, describe());
        inUs(region.groups::clear); // they expire, or someone deletes them
        simulator.runUntil(() -> uncommitted().isEmpty(), SETTLE);
        require(uncommitted().isEmpty(), SYNCED_IS_COMMITTED, uncommitted());
        failOver();
    }

    /** A position of a group at the source that is not committed here, although it could be. */
    private String uncommitted() {
        for (var topic : region.status().topics()) {
            for (var partition : topic.partitions()) {
                var id = partition.partition();
                var at = new TopicPartition(id.topic(), id.partition());
                var there =
                        new TopicPartition(
                                renaming.sourceOf(id.topic()).orElseThrow(), id.partition());
                for (var group : source.groups.entrySet()) {
                    boolean wanted =
                            partition.state() == State.ACTIVE
                                    && group.getValue().containsKey(there.toString());
                    if (wanted
                            && !region.groups
                                    .getOrDefault(group.getKey(), Map.of())
                                    .containsKey(at)) {
                        return group.getKey() + " is nowhere in " + at;
                    }
                }
            }
        }
        return "";
    }

    private void failOver() {
        produce(20);
        inUs(() -> region.failover(2, 5_000_000_000L));
        simulator.runUntil(() -> region.outcome != null, Duration.ofSeconds(6));
        produce(20);
        var ends = new HashMap<LinkPartition, Long>();
        region.log.logs.forEach((id, log) -> ends.put(id, log.end));
        simulator.runFor(Duration.ofSeconds(3));
        region.log.logs.forEach(
                (id, log) -> require(ends.get(id) == log.end, STOPPED, id + " grew"));
        require(region.outcome != null, REPORTED, "no failover outcome");
        for (var partition : region.outcome.partitions()) {
            require(
                    partition.endOffset() == region.log.logs.get(partition.partition()).end,
                    REPORTED,
                    "the failover reports another end of " + partition);
        }
        inUs(() -> {
            if (region.link != null) {
                region.link.close();
            }
        });
        closed = true;
        simulator.runFor(Duration.ofSeconds(2));
        require(region.link != null && region.link.timerCount() == 0, QUIET, "timers are left");
        require(simulator.network().connectionCount("us") == 0, QUIET, "connections are left");
    }

    // --- the world

    private void act() {
        var topic = source.topics.get(dice.chance(0.7) ? "orders" : "payments");
        if (topic == null) {
            topic = source.create("payments", 1);
        }
        int number = (int) dice.between(0, topic.parts.size() - 1);
        var part = topic.parts.get(number);
        switch ((int) dice.between(0, 23)) {
            case 0, 1, 2, 3, 4, 5 -> produce((int) dice.between(1, 60));
            case 6 -> source.electLeader(part);
            case 7 -> source.raiseEpoch(part, (int) dice.between(1, 40));
            case 8 -> {
                if (dice.chance(0.3)) {
                    source.truncate(part, (int) dice.between(1, 3));
                    source.produce(topic, number, 9);
                }
            }
            case 9 -> {
                if (dice.chance(0.3)) { // a burst that is deleted before it can have been copied
                    for (int i = 0; i < 9; i++) {
                        source.produce(topic, number, 5);
                    }
                    source.deleteBefore(part, part.batches.size() - 2);
                } else {
                    source.deleteBefore(part, (int) dice.between(1, 6));
                }
            }
            case 10 -> {
                if (dice.chance(0.3)) {
                    source.topics.remove("payments");
                    var again = source.create("payments", 1);
                    for (int i = 0; i < 60; i++) {
                        source.produce(again, 0, 9);
                    }
                }
            }
            case 11 -> source.grow(source.topics.get("orders"), (int) dice.between(3, 5));
            case 12 -> killOrStart("eu" + dice.between(1, 2));
            case 13 -> simulator.network().reset("us", "eu" + dice.between(1, 2));
            case 14 -> simulator.network().cutBothWays("us", "eu" + dice.between(1, 2));
            case 15 -> simulator.network().healAll();
            case 16 -> {
                source.corruptNext = true;
                corruptions++;
            }
            case 17 -> source.replayNext = true;
            case 21 -> {
                if (source.stale.isEmpty()) {
                    source.stale.put((int) dice.between(1, 2), List.copyOf(source.topics.values()));
                } else {
                    source.stale.clear();
                }
            }
            case 22 -> setBack(topic, number);
            case 18 -> inUs(() -> region.pause(true));
            case 19 -> inUs(() -> region.pause(false));
            case 20 ->
                    source.commit(
                            "billing-" + dice.between(1, 3),
                            topic.name,
                            number,
                            dice.between(part.start, part.end));
            default ->
                    inUs(() -> {
                        if (region.link != null) {
                            region.link.close();
                        }
                        region.open(safeguards);
                    });
        }
    }

    private void produce(int batches) {
        for (int i = 0; i < batches; i++) {
            var topic = source.topics.get(dice.chance(0.7) ? "orders" : "payments");
            if (topic != null) {
                int number = (int) dice.between(0, topic.parts.size() - 1);
                source.produce(topic, number, (int) dice.between(1, 9));
                if (dice.chance(0.1)) {
                    source.commit(
                            "billing-" + dice.between(1, 3),
                            topic.name,
                            number,
                            topic.parts.get(number).end);
                }
            }
        }
    }

    /** The leader of a partition dies, and comes back with an older disk. */
    private void setBack(ModelSource.Topic topic, int number) {
        var leader = simulator.node("eu" + topic.parts.get(number).leader);
        if (leader.running()) {
            simulator.network().healAll();
            leader.kill();
            source.setBack(topic, number, (int) dice.between(1, 3));
            leader.restart();
            lives++;
        }
    }

    private void killOrStart(String host) {
        if (simulator.node(host).running()) {
            // a broker that dies behind a cut leaves half-open connections, which nobody can end
            simulator.network().healAll();
            simulator.node(host).kill();
        } else {
            simulator.node(host).restart();
        }
    }

    private void inUs(Runnable action) {
        us.environment().loops().loop(0).execute(action);
    }

    // --- the invariants

    private void check() {
        region.log.logs.forEach(this::checkLog);
        region.mirrors.values().forEach(this::checkStart);
        checkRestarts();
        require(region.log.offences.isEmpty(), OFFENCE, String.join("; ", region.log.offences));
        region.groups.forEach((group, offsets) ->
                offsets.forEach((partition, offset) -> checkOffset(group, partition, offset)));
        if (!closed && region.link != null) {
            require(region.link.inFlightBytes() <= 1 << 20, OFFENCE, "too much in flight");
        }
    }

    private void checkStart(MirrorTopic mirror) {
        String name = renaming.sourceOf(mirror.name()).orElse("");
        require(!name.isEmpty(), BEGUN, mirror.name() + " is no name of a copy");
        for (int number = 0; number < mirror.partitionCount(); number++) {
            long first = mirror.origin().startOf(number);
            var log =
                    region.log.logs.get(new LinkPartition(mirror.topicId(), mirror.name(), number));
            require(
                    log == null || log.end == 0 || log.start >= first,
                    BEGUN,
                    "%s-%d begins below %d".formatted(mirror.name(), number, first));
            long most =
                    switch (start) {
                        case LinkSpec.Start.Earliest _ -> 0;
                        case LinkSpec.Start.Latest _ -> Long.MAX_VALUE;
                        case LinkSpec.Start.At(var time) ->
                                firstSince(mirror, number, time.toEpochMilli());
                    };
            require(
                    first <= most,
                    BEGUN,
                    "%s-%d begins at %d, not at %d".formatted(mirror.name(), number, first, most));
            long least =
                    endsBefore.getOrDefault(
                            new LinkPartition(mirror.sourceTopicId(), name, number), 0L);
            require(
                    !(start instanceof LinkSpec.Start.Latest)
                            || first >= least
                            || truncated(name, number),
                    BEGUN,
                    "%s-%d begins at %d, not at %d".formatted(mirror.name(), number, first, least));
        }
    }

    private void checkRestarts() {
        var left = new HashSet<Uuid>();
        for (ModelRegion.Restart restart : region.restarts) {
            require(recreate == LinkSpec.Recreate.RESTART, ANEW, restart + ", and must not");
            left.add(restart.left());
            require(!left.contains(restart.sourceTopicId()), ANEW, restart + " goes back");
        }
        restarted |= !left.isEmpty();
    }

    private boolean truncated(String topic, int number) {
        var found = source.topics.get(topic);
        return found == null || found.parts.get(number).everTruncated;
    }

    /** Of what was ever in the source and is there still. */
    private long firstSince(MirrorTopic mirror, int number, long timestampMs) {
        Uuid id = mirror.sourceTopicId();
        return source.topics.values().stream()
                .filter(topic -> topic.id.equals(id))
                .flatMap(topic -> topic.parts.get(number).batches.stream())
                .filter(batch -> batch.offsetAt(timestampMs) < batch.nextOffset())
                .mapToLong(batch -> batch.offsetAt(timestampMs))
                .min()
                .orElse(Long.MAX_VALUE);
    }

    private void checkLog(LinkPartition id, ModelMirrorLog.Log log) {
        Verified known = verified.computeIfAbsent(id, _ -> new Verified());
        checkGaps(id, log, known.reached);
        known.reached = log.end;
        for (var stored : log.batches) {
            if (stored.nextOffset() <= known.end) {
                continue;
            }
            var original = originalOf(id, stored);
            require(original != null, PREFIX, id + " holds what was never produced: " + stored);
            ModelSource.Key key = original.key();
            if (known.last == null) {
                require(stored.baseOffset() <= log.start, PREFIX, "begins above its start " + key);
            } else if (!jumped(id, known.end, stored)) {
                require(
                        known.end == stored.baseOffset() && known.last.equals(original.before()),
                        PREFIX,
                        "%s follows %s, at the source it followed %s"
                                .formatted(key, known.last, original.before()));
            }
            known.end = stored.nextOffset();
            known.last = key;
        }
    }

    /** The batch of these very bytes, in whichever life the source had it. */
    private ModelSource.@Nullable Batch originalOf(LinkPartition id, ModelMirrorLog.Stored stored) {
        for (int life = 0; life <= lives; life++) {
            var key =
                    new ModelSource.Key(
                            ModelRegion.sourceIdOf(id.topicId()),
                            id.partition(),
                            stored.baseOffset(),
                            stored.leaderEpoch(),
                            life);
            var original = source.history.get(key);
            if (original != null && original.bytes().equals(stored.bytes())) {
                return original;
            }
        }
        return null;
    }

    /** Whether a batch is the first behind gaps; a source may begin inside one. */
    private boolean jumped(LinkPartition id, long end, ModelMirrorLog.Stored batch) {
        long behind = end;
        for (MirrorTopic.Gap gap : region.gaps.getOrDefault(id, List.of())) {
            if (gap.fromOffset() >= end && gap.fromOffset() <= behind) {
                behind = Math.max(behind, gap.toOffset());
            }
        }
        return behind > end
                && batch.baseOffset() >= end
                && batch.baseOffset() <= behind
                && batch.nextOffset() > behind;
    }

    /**
     * A log that grows without a batch jumps; what was written down before begins at the end of the
     * copy and was deleted at the source.
     */
    private void checkGaps(LinkPartition id, ModelMirrorLog.Log log, long reached) {
        List<MirrorTopic.Gap> gaps = region.gaps.getOrDefault(id, List.of());
        if (log.batches.isEmpty() && log.end > reached && reached > 0) {
            require(
                    gaps.contains(new MirrorTopic.Gap(reached, log.end)),
                    MISSING,
                    "%s goes from %d to %d, written down is %s"
                            .formatted(id, reached, log.end, gaps));
        }
        if (!gaps.isEmpty()) {
            jumped = true;
            MirrorTopic.Gap last = gaps.getLast();
            require(gap == LinkSpec.Gap.JUMP, MISSING, id + " jumps, and must not");
            require(
                    log.end == last.fromOffset() || log.end >= last.toOffset(),
                    MISSING,
                    "%s ends at %d, written down is %s".formatted(id, log.end, gaps));
            require(
                    startsOf(id).allMatch(start -> start >= last.toOffset()),
                    MISSING,
                    "%s has what is written down as %s".formatted(id, gaps));
        }
    }

    /** Where the source of a copy begins; nowhere when it is gone or was cut. */
    private LongStream startsOf(LinkPartition id) {
        Uuid source = ModelRegion.sourceIdOf(id.topicId());
        return this.source.topics.values().stream()
                .filter(topic -> topic.id.equals(source))
                .map(topic -> topic.parts.get(id.partition()))
                .filter(part -> !part.everTruncated)
                .mapToLong(part -> part.start);
    }

    private void checkOffset(
            String group, TopicPartition partition, GroupOffsets.Committed committed) {
        for (var entry : region.log.logs.entrySet()) {
            if (entry.getKey().topic().equals(partition.topic())
                    && entry.getKey().partition() == partition.partition()) {
                require(
                        committed.offset() <= entry.getValue().end,
                        CLAMPED,
                        group + " is at " + committed.offset() + " of " + partition);
            }
        }
    }

    /** Everything is copied, or has a reason that was really there. */
    private boolean isSettled() {
        if (region.link == null) {
            return false;
        }
        LinkStatus status = region.status();
        var settled = new HashMap<LinkPartition, LinkStatus.PartitionStatus>();
        for (var topic : status.topics()) {
            for (var partition : topic.partitions()) {
                settled.put(partition.partition(), partition);
                states.add(partition.state());
                partition.trouble().ifPresent(trouble -> seen.add(trouble.reason().code()));
            }
        }
        for (var topic : source.topics.values()) {
            if (!topic.name.startsWith("private")) {
                for (int i = 0; i < topic.parts.size(); i++) {
                    if (!isSettled(topic, i, settled)) {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private boolean isSettled(
            ModelSource.Topic topic,
            int number,
            Map<LinkPartition, LinkStatus.PartitionStatus> status) {
        var part = topic.parts.get(number);
        var own =
                status.get(
                        new LinkPartition(
                                region.copyIdOf(topic.id), renaming.copyOf(topic.name), number));
        if (own == null) {
            return recreate == LinkSpec.Recreate.FAIL
                    && status.values().stream()
                            .anyMatch(other ->
                                    other.partition().topic().equals(renaming.copyOf(topic.name))
                                            && other.partition().partition() == number
                                            && isFailed(other, Reason.Code.SOURCE_RECREATED));
        }
        long end = own.progress().endOffset();
        if (own.state() == State.ACTIVE && end == part.end) {
            return own.lag().records() == 0;
        }
        return (isFailed(own, Reason.Code.GAP) && gap == LinkSpec.Gap.FAIL && part.start > end)
                || (isFailed(own, Reason.Code.SOURCE_TRUNCATED) && part.everTruncated)
                || (isFailed(own, Reason.Code.CORRUPT_BATCH)
                        && corruptions >= MirrorPartition.BROKEN_MAX);
    }

    /** Whether an operator has to resume what broken bytes have ended for good. */
    private boolean gaveUpOnBytes() {
        return region.link != null
                && region.status().topics().stream()
                        .flatMap(topic -> topic.partitions().stream())
                        .anyMatch(partition -> isFailed(partition, Reason.Code.CORRUPT_BATCH));
    }

    private static boolean isFailed(LinkStatus.PartitionStatus status, Reason.Code code) {
        return status.state() == State.FAILED
                && status.trouble().orElseThrow().reason().code() == code;
    }

    private String describe() {
        var text = new StringBuilder();
        source.topics
                .values()
                .forEach(topic -> {
                    for (int i = 0; i < topic.parts.size(); i++) {
                        var part = topic.parts.get(i);
                        text.append("\n  source ")
                                .append(topic.name)
                                .append('-')
                                .append(i)
                                .append(
                                        " %d..%d epoch %d leader %d"
                                                .formatted(
                                                        part.start,
                                                        part.end,
                                                        part.leaderEpoch,
                                                        part.leader));
                    }
                });
        region.status()
                .topics()
                .forEach(topic -> topic.partitions().forEach(p -> text.append("\n  ").append(p)));
        return text.toString() + region.status().trouble();
    }

    private static void require(boolean holds, String invariant, String detail) {
        if (!holds) {
            throw new AssertionError(invariant + ": " + detail);
        }
    }
}
