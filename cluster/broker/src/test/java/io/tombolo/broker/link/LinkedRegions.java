package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.region.DomainName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LocalLeadership;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Produce;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Whole brokers on simulated machines: {@code eu-1} has the topic {@code orders}, and {@code us-1}
 * and more copy it with the real link.
 */
final class LinkedRegions {

    static final String EU_1 = "eu-1";
    static final String US_1 = "us-1";
    static final int PARTITIONS = 3;

    /** As many records each partition of {@code orders} gets before a test begins. */
    static final int RECORDS = 4;

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();
    private static final String TEXT =
            """
            tombolo: 1
            name: world
            regions:
              eu: { kafka: "eu-{n}:9092", admin: "eu-{n}:8080", allowInsecure: true }
              us:
                brokers: %d
                kafka: "us-{n}:9092"
                admin: "us-{n}:8080"
                internal: "us-{n}:25092"
                allowInsecure: true
                config:
                  default.replication.factor: %d
                  offsets.topic.replication.factor: 1
                  offsets.topic.num.partitions: 1
            links:
              eu-to-us: { from: eu, to: us, topics: ["orders"], groups: ["*"] }
            failover:
              careful: { follows: eu-to-us, refuseIf: { lagOver: 30s } }
            topics:
              orders: { in: eu, partitions: %d }
            """;

    final Simulator simulator = new Simulator(5);
    private final InMemoryRegistry registry = new InMemoryRegistry(new VirtualClock(simulator));
    private Topology topology;
    private final Map<String, Broker> brokers = new TreeMap<>();
    private final Set<String> serving = new HashSet<>();
    private final Map<String, List<LocalLeadership>> told = new TreeMap<>();

    private record VirtualClock(Simulator simulator) implements Clock {

        @Override
        public long nanoTime() {
            return simulator.nowNanos();
        }

        @Override
        public long wallTimeMs() {
            return simulator.nowNanos() / 1_000_000;
        }
    }

    /** Nothing is started yet. */
    LinkedRegions(int usBrokers) {
        this.topology = parsed(TEXT.formatted(usBrokers, usBrokers, PARTITIONS));
    }

    /** A plan has the link copy other topics, in the regions of these hosts. */
    void copyInstead(String topics, String... hosts) {
        for (String host : hosts) {
            LinkDefined known = image(host).links().link(LINK).orElseThrow().definition();
            var settings = new TreeMap<>(known.settings());
            settings.put(LinkDefined.TOPICS, topics);
            submit(
                    host,
                    new LinkCommand.DefineLink(
                            new LinkDefined(
                                    LINK,
                                    known.linkId(),
                                    known.sourceRegion(),
                                    known.destinationRegion(),
                                    settings)));
        }
    }

    /** The file, of one broker in {@code us}, with changes, for all that start from now on. */
    void change(UnaryOperator<String> edit) {
        topology = parsed(edit.apply(TEXT.formatted(1, 1, PARTITIONS)));
    }

    private static Topology parsed(String text) {
        if (!(TopologyFile.parse("world.yaml", text) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException(TopologyFile.parse("world.yaml", text).toString());
        }
        return valid.topology();
    }

    /** Both regions serve, and what {@code eu} has was copied. */
    static LinkedRegions mirroring(int usBrokers) {
        var regions = new LinkedRegions(usBrokers);
        regions.begin();
        return regions;
    }

    /**
     * As {@link #mirroring}, and all of {@code us} were there when the topic was made: each leads
     * some of it.
     */
    static LinkedRegions spread(int usBrokers) {
        var regions = new LinkedRegions(usBrokers);
        regions.start(US);
        regions.run("us serves", () -> regions.serving.size() == usBrokers);
        regions.start(EU);
        regions.copy();
        return regions;
    }

    void begin() {
        start(EU);
        start(US);
        copy();
    }

    private void copy() {
        run("all serve", () -> serving.size() == 1 + usHosts().size());
        for (int index = 0; index < PARTITIONS; index++) {
            int partition = index;
            run("led", () -> find(EU_1, partition).flatMap(Partition::leadership).isPresent());
            produce(EU_1, partition, RECORDS);
        }
        run("copied", () -> copiedCount() == (long) PARTITIONS * RECORDS);
    }

    void start(RegionId region) {
        Region.Hosted hosted = topology.hosted(region).orElseThrow();
        for (Region.Broker self : hosted.brokers()) {
            simulator
                    .addNode(self.kafka().host(), 2)
                    .start(environment -> start(hosted, self, environment));
        }
    }

    private void start(Region.Hosted region, Region.Broker self, Environment environment) {
        String host = self.kafka().host();
        LinkProvider module = ServiceLoader.load(LinkProvider.class).iterator().next();
        var heard = told.computeIfAbsent(host, _ -> new ArrayList<>());
        var broker =
                new Broker(
                        new BrokerSettings(topology, region, self, Path.of("/data")),
                        environment,
                        new Broker.Surroundings(
                                registry.of(region.id()),
                                new WatchedLinks(module, heard),
                                environment.network()),
                        new Watch(host));
        brokers.put(host, broker);
        broker.start();
    }

    // --- time and faults

    void run(String goal, BooleanSupplier reached) {
        assertThat(simulator.runUntil(reached, LONG)).as(goal).isTrue();
    }

    void runFor(Duration time) {
        simulator.runFor(time);
    }

    void kill(String host) {
        simulator.node(host).kill();
        serving.remove(host);
    }

    /** The process does nothing any more, and its connections stay. */
    void pause(String host) {
        simulator.node(host).pause();
    }

    void resume(String host) {
        simulator.node(host).resume();
    }

    /** The process dies and the next one serves. */
    void restart(String host) {
        kill(host);
        simulator.node(host).restart();
        run(host + " serves", () -> serving.contains(host));
    }

    /** {@code eu} dies, and long enough ago to count as gone. */
    void loseSource() {
        kill(EU_1);
        runFor(Duration.ofSeconds(5));
    }

    /** What {@code eu} tells of itself does not reach {@code us} any more. */
    void cutRegistry() {
        registry.cut(EU, US);
    }

    // --- what there is

    List<String> usHosts() {
        return topology.hosted(US).orElseThrow().brokers().stream()
                .map(broker -> broker.kafka().host())
                .toList();
    }

    private List<String> usRunning() {
        return usHosts().stream().filter(host -> simulator.node(host).running()).toList();
    }

    String hostOf(int brokerId) {
        return usHosts().stream()
                .filter(host -> core(host).settings().id().value() == brokerId)
                .findFirst()
                .orElseThrow();
    }

    boolean hasCore(String host) {
        return Optional.ofNullable(brokers.get(host)).flatMap(Broker::core).isPresent();
    }

    BrokerCore core(String host) {
        return Optional.ofNullable(brokers.get(host)).flatMap(Broker::core).orElseThrow();
    }

    MetadataImage image(String host) {
        return core(host).images().current();
    }

    /** Which partitions the link of a broker was told to copy, each time that it was told. */
    List<LocalLeadership> told(String host) {
        return Objects.requireNonNull(told.get(host));
    }

    Optional<OwnershipRecord> ownership() {
        return image(usRunning().getFirst()).region().ownershipOf(new DomainName(LINK.name()));
    }

    Optional<MirrorTopic.State> mirrorState() {
        return mirrorState(usRunning().getFirst());
    }

    private Optional<MirrorTopic.State> mirrorState(String host) {
        MetadataImage now = image(host);
        return now.topics()
                .topic("orders")
                .flatMap(topic -> now.links().mirrorTopic(topic.id()))
                .map(mirror -> mirror.state());
    }

    boolean writable() {
        return writable(usRunning().getFirst());
    }

    /** Whether this broker knows that clients may write to the topic in {@code us}. */
    boolean writable(String host) {
        return mirrorState(host).filter(state -> state == MirrorTopic.State.STOPPED).isPresent();
    }

    /** Whether a broker takes writes to a partition of the topic. */
    boolean takesWrites(String host) {
        for (int index = 0; index < PARTITIONS; index++) {
            boolean open =
                    find(host, index)
                            .map(Partition::role)
                            .filter(role -> role instanceof Role.Leader(_, Role.WriteAccess.Open _))
                            .isPresent();
            if (open) {
                return true;
            }
        }
        return false;
    }

    private long copiedCount() {
        long count = 0;
        for (int index = 0; index < PARTITIONS; index++) {
            int partition = index;
            count +=
                    usRunning().stream()
                            .flatMap(host -> find(host, partition).stream())
                            .filter(one -> one.leadership().isPresent())
                            .mapToLong(Partition::highWatermark)
                            .max()
                            .orElse(0);
        }
        return count;
    }

    Optional<Partition> find(String host, int partition) {
        if (!hasCore(host)) {
            return Optional.empty();
        }
        Optional<TopicImage> topic = image(host).topics().topic("orders");
        return topic.map(image -> new TopicIdPartition(image.id(), partition, "orders"))
                .flatMap(id ->
                        Optional.ofNullable(core(host).shards().ownerOf(id))
                                .map(shard -> shard.find(id)));
    }

    // --- what clients and operators do

    private void produce(String host, int partition, int records) {
        produce(host, partition, batch(records));
    }

    void produce(String host, int partition, ByteBuffer batch) {
        Partition leader = find(host, partition).orElseThrow();
        var outcomes = new ArrayList<ProduceOutcome>();
        core(host)
                .shards()
                .ownerOf(leader.id())
                .loop()
                .execute(() ->
                        leader.produce(
                                new Produce(batch, (short) -1, TIMEOUT_NANOS, (short) 11),
                                outcomes::add));
        run("acknowledged", () -> !outcomes.isEmpty());
        assertThat(outcomes).extracting(ProduceOutcome::error).containsExactly(Errors.NONE);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer oneRecord() {
        return batch(1);
    }

    private static ByteBuffer batch(int records) {
        var batch = new BatchBuilder(BatchSpec.PLAIN);
        for (int index = 0; index < records; index++) {
            batch.append(1_000, bytes("k" + index), bytes("v"));
        }
        return batch.build();
    }

    /** A topic of {@code us} itself, with one partition and one replica. */
    void createSingle(String topic) {
        createSingle(US_1, topic);
    }

    void createSingle(String host, String topic) {
        var wanted = List.of(NewTopic.of(topic, 1, 1, new TreeMap<>()));
        submit(host, new TopicCommand.CreateTopics(wanted, false));
        assertThat(image(host).topics().topic(topic)).isPresent();
    }

    /** The one broker that has the offsets of groups. */
    String coordinator() {
        run("known", () -> image(US_1).topics().topic("__consumer_offsets").isPresent());
        var offsets = image(US_1).topics().topic("__consumer_offsets").orElseThrow();
        assertThat(offsets.partitions().get(0).replicas().size()).isEqualTo(1);
        return hostOf(offsets.partitions().get(0).leader());
    }

    <A> void submit(String host, Command<A> command) {
        var answers = new ArrayList<Answer<A>>();
        core(host)
                .submit(command, simulator.node(host).environment().loops().loop(0), answers::add);
        run("answered", () -> !answers.isEmpty());
        assertThat(answers.getFirst()).isInstanceOf(Answer.Done.class);
    }

    /** Asks a broker's core on the loop that it is confined to. */
    <T> T ask(String host, Function<BrokerCore, T> question) {
        var answers = new ArrayList<T>();
        simulator
                .node(host)
                .environment()
                .loops()
                .loop(0)
                .execute(() -> answers.add(question.apply(core(host))));
        run("answered", () -> !answers.isEmpty());
        return answers.getFirst();
    }

    FailoverPreview preview(String host, PolicyName policy) {
        var others = new ArrayList<LinkStatus>();
        for (String other : usRunning()) {
            if (!other.equals(host) && hasCore(other)) {
                others.addAll(ask(other, core -> core.links().statuses()));
            }
        }
        return ask(host, core -> core.failover().preview(policy, others).orElseThrow());
    }

    /** Fails over as an operator does: looks first, then starts; returns what came of it. */
    FailoverReport failOver(String host, boolean force) {
        FailoverPreview preview = preview(host, new PolicyName(LINK.name()));
        var reports = new ArrayList<FailoverReport>();
        ask(
                host,
                core -> {
                    core.failover().start(preview, force, "a test", reports::add);
                    return true;
                });
        run("reported", () -> !reports.isEmpty());
        return reports.getFirst();
    }

    private final class Watch implements BrokerObserver {

        private final String host;

        private Watch(String host) {
            this.host = host;
        }

        @Override
        public void repaired(Recovery recovery) {}

        @Override
        public void serving() {
            serving.add(host);
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            throw new AssertionError(host + ": " + reason);
        }
    }
}
