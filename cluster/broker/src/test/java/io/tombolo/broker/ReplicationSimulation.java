package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Produce;
import io.tombolo.replication.ProduceOutcome;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;

/** Whole brokers that copy from each other, on simulated machines. */
class ReplicationSimulation {

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(30).toNanos();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatWasAcknowledgedSurvivesItsLeaderAndAllLogsBecomeOne(long seed) {
        var region = new SimulatedRegion(seed);
        ReplicatedTopic.create(region, "orders", 1);
        int leader = ReplicatedTopic.leaderOf(region, 1, "orders");
        int witness = leader % 3 + 1;
        for (int batch = 0; batch < 20; batch++) {
            acknowledged(region, leader, "orders");
        }

        region.kill(leader);
        region.run(
                "another leads",
                () ->
                        ReplicatedTopic.leaderOf(region, witness, "orders") > 0
                                && ReplicatedTopic.leaderOf(region, witness, "orders") != leader);
        int second = ReplicatedTopic.leaderOf(region, witness, "orders");
        region.run(
                "it knows that",
                () -> ReplicatedTopic.partition(region, second, "orders").leadership().isPresent());
        assertThat(ReplicatedTopic.partition(region, second, "orders").log().endOffset())
                .isEqualTo(20);
        acknowledged(region, second, "orders");
        region.restart(leader);

        region.run(
                "all are in sync",
                () ->
                        ReplicatedTopic.registration(region, witness, "orders")
                                        .orElseThrow()
                                        .isr()
                                        .size()
                                == 3);
        acknowledged(region, second, "orders");
        region.run(
                "all logs are one",
                () ->
                        SimulatedRegion.ALL.stream()
                                .map(number -> ReplicatedTopic.partition(region, number, "orders"))
                                .allMatch(replica ->
                                        replica.log().endOffset() == 22
                                                && replica.highWatermark() == 22));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void aDeadLeaderIsReplacedLongBeforeItsSessionEnds(long seed) {
        var region = new SimulatedRegion(seed);
        ReplicatedTopic.create(region, "orders", 1);
        int leader = ReplicatedTopic.leaderOf(region, 1, "orders");
        boolean ledTheQuorum = region.controllerOf(1) == leader;

        region.kill(leader);
        long killedNanos = region.simulator.nowNanos();
        region.run(
                "another leads",
                () ->
                        SimulatedRegion.ALL.stream()
                                .filter(number -> number != leader)
                                .anyMatch(number ->
                                        ReplicatedTopic.find(region, number, "orders")
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
            ReplicatedTopic.create(region, "idle-" + idle, 4);
        }
        region.simulator.runFor(Duration.ofSeconds(2));
        ReplicatedTopic.create(region, "orders", 4);
        int leader = ReplicatedTopic.leaderOf(region, 1, "orders");

        long nanos = acknowledged(region, leader, "orders");

        assertThat(Duration.ofNanos(nanos)).isLessThan(Duration.ofMillis(200));
    }

    /** Produces one record with acks=all; returns how long it took. */
    private static long acknowledged(SimulatedRegion region, int leader, String topic) {
        var outcomes = new ArrayList<ProduceOutcome>();
        long sentNanos = region.simulator.nowNanos();
        Partition partition = ReplicatedTopic.partition(region, leader, topic);
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
}
