package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.BrokerCommand.BrokerState;
import io.tombolo.controller.command.BrokerCommand.HeartbeatBroker;
import io.tombolo.controller.command.BrokerCommand.RegisterBroker;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.command.RegionCommand.FormatRegion;
import io.tombolo.controller.command.TopicCommand.CreateTopics;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.BrokerListener;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;
import io.tombolo.region.ProducerIdRange;
import io.tombolo.region.RegionId;

import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntFunction;

/** A region for tests: decides commands and commits their records at once. */
final class Region {

    static final RegionIdentity EU = new RegionIdentity(new Uuid(1, 1), new RegionId("eu"));
    static final ProducerIdRange PRODUCER_IDS = new ProducerIdRange(5_000, 12_999);

    final Set<Integer> live = new TreeSet<>();
    final Set<Integer> voters = new TreeSet<>();
    private final Controller controller = new Controller(settings(), new PlainConfigs());
    private final Circumstances circumstances;
    private MetadataImage image = MetadataImage.EMPTY;
    private ControllerResult<?> last = ControllerResult.done("nothing yet");

    Region(long seed) {
        circumstances = new Circumstances(new SeededEntropy(seed), live::contains, () -> voters);
        done(new FormatRegion());
    }

    /** A region with these brokers, all active; broker n stands in rack "r" + n % 2. */
    static Region withBrokers(int... brokers) {
        var region = new Region(1);
        for (int broker : brokers) {
            region.start(broker);
        }
        return region;
    }

    static ControllerSettings settings() {
        var features = new TreeMap<String, ControllerSettings.FeatureRange>();
        features.put(
                "level",
                new ControllerSettings.FeatureRange((short) 1, (short) 5, (short) 3, (short) 2));
        features.put(
                "late",
                new ControllerSettings.FeatureRange((short) 0, (short) 1, (short) 0, (short) 0));
        return new ControllerSettings(
                EU,
                PRODUCER_IDS,
                new ControllerSettings.TopicDefaults(2, 1),
                features,
                new ControllerSettings.Pace(
                        Duration.ofSeconds(9), Optional.of(Duration.ofSeconds(2))),
                new ControllerSettings.Bounds(8, 4_000, 50_000));
    }

    MetadataImage image() {
        return image;
    }

    /** Goes back to an earlier image. */
    void reset(MetadataImage earlier) {
        image = earlier;
    }

    /** What the last command came to. */
    ControllerResult<?> last() {
        return last;
    }

    /** All records of the last command. */
    List<MetadataRecord> lastRecords() {
        return last.batches().stream().flatMap(List::stream).toList();
    }

    /** Sets min.insync.replicas for all topics that set none. */
    void minInSync(int replicas) {
        commit(
                List.of(
                        new ConfigSet(
                                ConfigResource.allBrokers(),
                                "min.insync.replicas",
                                "" + replicas)));
    }

    <A> Answer<A> submit(Command<A> command) {
        ControllerResult<A> result = controller.handle(command, image, circumstances);
        last = result;
        for (List<MetadataRecord> batch : result.batches()) {
            commit(batch);
        }
        return result.answer();
    }

    /** The answer of a command that must not be refused. */
    <A> A done(Command<A> command) {
        return switch (submit(command)) {
            case Answer.Done<A>(var value) -> value;
            case Answer.Refused<A>(var refusal) -> throw new AssertionError(refusal.toString());
        };
    }

    <A> Refusal refused(Command<A> command) {
        return switch (submit(command)) {
            case Answer.Done<A>(var value) -> throw new AssertionError("done: " + value);
            case Answer.Refused<A>(var refusal) -> refusal;
        };
    }

    /** A topic {@code topic-n} with id 1-n, without asking whether it may be. */
    void commitTopic(int number, int partitions, IntFunction<BrokerIds> replicas) {
        var records = new ArrayList<MetadataRecord>();
        var id = new Uuid(1, number);
        records.add(new TopicCreated("topic-" + number, id));
        for (int index = 0; index < partitions; index++) {
            var partition = PartitionRegistration.created(replicas.apply(index), List.of());
            records.add(new PartitionCreated(id, index, partition));
        }
        commit(records);
    }

    void commit(List<MetadataRecord> batch) {
        image = image.apply(batch, new LogPlace(image.place().offset() + batch.size(), 1)).image();
    }

    /** Registers and unfences a new process of a broker. */
    long start(int broker) {
        long epoch = register(broker, new Uuid(broker, image.place().offset()));
        heartbeat(broker);
        return epoch;
    }

    long register(int broker, Uuid incarnation) {
        return done(registration(broker, incarnation));
    }

    static RegisterBroker registration(int broker, Uuid incarnation) {
        return registration(broker, incarnation, RegisterBroker.NOT_CLEAN);
    }

    static RegisterBroker registration(int broker, Uuid incarnation, long previousEpoch) {
        return new RegisterBroker(
                broker,
                incarnation,
                new BrokerRegistration.Endpoints(
                        List.of(new BrokerListener("PLAINTEXT", "host", 9092, "PLAINTEXT")),
                        "r" + broker % 2),
                List.of(new Uuid(77, broker)),
                previousEpoch);
    }

    BrokerState heartbeat(int broker) {
        return done(new HeartbeatBroker(broker, epochOf(broker), Long.MAX_VALUE, false, false));
    }

    BrokerState fence(int broker) {
        return done(new HeartbeatBroker(broker, epochOf(broker), Long.MAX_VALUE, true, false));
    }

    long epochOf(int broker) {
        return image.brokers().broker(broker).orElseThrow().brokerEpoch();
    }

    Answer<?> create(NewTopic topic) {
        return done(new CreateTopics(List.of(topic), false)).get(topic.name());
    }

    Uuid create(String name, int partitions, int replicationFactor) {
        Answer<?> answer = create(topic(name, partitions, replicationFactor));
        if (answer instanceof Answer.Refused<?>(var refusal)) {
            throw new AssertionError(refusal.toString());
        }
        return image.topics().topic(name).orElseThrow().id();
    }

    static NewTopic topic(String name, int partitions, int replicationFactor) {
        return NewTopic.of(name, partitions, replicationFactor, new TreeMap<>());
    }

    static NewTopic topic(String name, Map<String, String> configs) {
        return NewTopic.of(name, 1, 1, new TreeMap<>(configs));
    }

    PartitionRegistration partition(Uuid topicId, int index) {
        return image.topics().partition(new PartitionId(topicId, index)).orElseThrow();
    }
}
