package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Produce;
import io.tombolo.replication.ProduceOutcome;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Whole brokers that copy from each other, on simulated machines. */
class ReplicationSimulation {

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatWasAcknowledgedSurvivesItsLeaderAndAllLogsBecomeOne(long seed) {
        var region = new SimulatedRegion(seed);
        create(region, "orders", 1);
        int leader = leaderOf(region, 1, "orders");
        int witness = leader % 3 + 1;
        for (int batch = 0; batch < 20; batch++) {
            acknowledged(region, leader, "orders");
        }

        region.kill(leader);
        region.run(
                "another leads",
                () ->
                        leaderOf(region, witness, "orders") > 0
                                && leaderOf(region, witness, "orders") != leader);
        int second = leaderOf(region, witness, "orders");
        region.run(
                "it knows that",
                () -> partition(region, second, "orders").leadership().isPresent());
        assertThat(partition(region, second, "orders").log().endOffset()).isEqualTo(20);
        acknowledged(region, second, "orders");
        region.restart(leader);

        region.run(
                "all are in sync",
                () -> registration(region, witness, "orders").orElseThrow().isr().size() == 3);
        acknowledged(region, second, "orders");
        region.run(
                "all logs are one",
                () ->
                        SimulatedRegion.ALL.stream()
                                .map(number -> partition(region, number, "orders"))
                                .allMatch(replica ->
                                        replica.log().endOffset() == 22
                                                && replica.highWatermark() == 22));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aDeadLeaderIsReplacedLongBeforeItsSessionEnds(long seed) {
        var region = new SimulatedRegion(seed);
        create(region, "orders", 1);
        int leader = leaderOf(region, 1, "orders");
        boolean ledTheQuorum = region.controllerOf(1) == leader;

        region.kill(leader);
        long killedNanos = region.simulator.nowNanos();
        region.run(
                "another leads",
                () ->
                        SimulatedRegion.ALL.stream()
                                .filter(number -> number != leader)
                                .anyMatch(number ->
                                        find(region, number, "orders")
                                                .flatMap(Partition::leadership)
                                                .isPresent()));

        assertThat(Duration.ofNanos(region.simulator.nowNanos() - killedNanos))
                .as("it led the quorum: " + ledTheQuorum)
                .isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aBrokerThatOnlyDoesNotAnswerKeepsItsSession() {
        var region = new SimulatedRegion(3);
        int paused = region.controllerOf(1) % 3 + 1;
        int controller = region.controllerOf(1);

        region.simulator.node(SimulatedRegion.host(paused)).pause();
        region.simulator.runFor(Duration.ofSeconds(6));
        assertThat(region.core(controller).images().current().brokers().isActive(paused)).isTrue();

        region.run(
                "its session ends",
                () -> !region.core(controller).images().current().brokers().isActive(paused));
    }

    @Test
    void aTopicMadeLaterDoesNotWaitForTheFetchOfTheFirst() {
        var region = new SimulatedRegion(7);
        for (int idle = 0; idle < 3; idle++) {
            create(region, "idle-" + idle, 4);
        }
        region.simulator.runFor(Duration.ofSeconds(2));
        create(region, "orders", 4);
        int leader = leaderOf(region, 1, "orders");

        long nanos = acknowledged(region, leader, "orders");

        assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofMillis(200));
    }

    private static void create(SimulatedRegion region, String topic, int partitions) {
        var configs = new TreeMap<>(Map.of("min.insync.replicas", "2"));
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, partitions, 3, configs)), false);
        var answers = new ArrayList<Answer<?>>();
        region.core(1)
                .submit(
                        command,
                        region.loop(1),
                        answer -> answers.add(Answers.part(answer, topic)));
        region.run("created", () -> !answers.isEmpty());
        assertThat(answers.getFirst()).isInstanceOf(Answer.Done.class);
        int leader = leaderOf(region, 1, topic);
        region.run(
                "the leader leads",
                () ->
                        region.core(leader).images().current().topics().topic(topic).isPresent()
                                && find(region, leader, topic)
                                        .flatMap(Partition::leadership)
                                        .isPresent());
    }

    /** Produces one record with acks=all; returns how long it took. */
    private static long acknowledged(SimulatedRegion region, int leader, String topic) {
        var outcomes = new ArrayList<ProduceOutcome>();
        long sentNanos = region.simulator.nowNanos();
        Partition partition = partition(region, leader, topic);
        region.core(leader)
                .shards()
                .ownerOf(partition.id())
                .loop()
                .execute(() ->
                        partition.produce(
                                new Produce(batch(), (short) -1, TIMEOUT_NANOS, (short) 11),
                                outcomes::add));
        region.run("acknowledged", () -> !outcomes.isEmpty());
        assertThat(outcomes).extracting(ProduceOutcome::error).containsExactly(Errors.NONE);
        return region.simulator.nowNanos() - sentNanos;
    }

    private static ByteBuffer batch() {
        return new BatchBuilder(BatchSpec.PLAIN)
                .append(1_000, null, ByteBuffer.wrap("v".getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    private static int leaderOf(SimulatedRegion region, int asked, String topic) {
        return registration(region, asked, topic).map(PartitionRegistration::leader).orElse(-1);
    }

    private static Optional<PartitionRegistration> registration(
            SimulatedRegion region, int asked, String topic) {
        Optional<TopicImage> found = region.core(asked).images().current().topics().topic(topic);
        return found.map(image -> image.partitions().get(0));
    }

    private static Partition partition(SimulatedRegion region, int broker, String topic) {
        return find(region, broker, topic).orElseThrow();
    }

    private static Optional<Partition> find(SimulatedRegion region, int broker, String topic) {
        BrokerCore core = region.core(broker);
        return core.images()
                .current()
                .topics()
                .topic(topic)
                .map(image -> new TopicIdPartition(image.id(), 0, topic))
                .map(id -> core.shards().ownerOf(id).find(id));
    }
}
