package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.KafkaNode;
import io.tombolo.nodes.NodeProgram;
import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Relays;
import io.tombolo.nodes.Wires;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/** A link from an Apache Kafka cluster of three brokers, whose leaders move while it copies. */
class KafkaClusterSourceEndToEnd {

    private static final int BROKERS = 3;
    private static final int ROUND = 100;
    private static final TopicPartition FIRST = new TopicPartition("orders", 0);
    private static final Map<String, String> CONFIG =
            Map.of(
                    "auto.leader.rebalance.enable", "false",
                    "broker.session.timeout.ms", "6000",
                    "offsets.topic.num.partitions", "1");

    @TempDir Path folder;

    private Wires wires;
    private Nodes source;
    private Clients eu;
    private Site site;
    private Clients us;
    private int sent;

    @BeforeEach
    void aClusterIsMirrored() throws Exception {
        int internal = Nodes.freePort();
        var ports = new NodeProgram.Ports(Nodes.freePort(), Nodes.freePort(), internal);
        wires = Relays.open(BROKERS, internal, "source");
        Path nodes = folder.resolve("source");
        source =
                new Nodes(
                        new KafkaNode(),
                        new NodeProgram.Plan(nodes, BROKERS, ports, wires, CONFIG));
        source.start(source.all());
        site = Site.fedBy(folder, source.bootstrap());
        eu = new Clients(source.bootstrap());
        us = site.clients("us");
        Patience.until(() -> assertThat(source.members()).isEqualTo(source.all()));
        eu.replicate("orders", BROKERS);
        site.start("us");
    }

    @AfterEach
    void stop() {
        site.close();
        source.close();
        wires.close();
    }

    @Test
    void theLinkFollowsTheLeadersOfItsSource() {
        int preferred = leader();
        assertNextRoundIsCopied();

        source.kill(preferred);
        assertNextRoundIsCopied();
        assertThat(leader()).isNotEqualTo(preferred);

        source.start(preferred);
        Patience.until(() -> assertThat(eu.partition("orders", 0).isr()).hasSize(BROKERS));
        source.ask(admin -> admin.electLeaders(ElectionType.PREFERRED, Set.of(FIRST)).all());
        assertThat(leader()).isEqualTo(preferred);
        assertNextRoundIsCopied();
    }

    private int leader() {
        return eu.partition("orders", 0).leader().id();
    }

    /** Every record is there as it is at the source: offset, value, timestamp and leader epoch. */
    private void assertNextRoundIsCopied() {
        for (int partition = 0; partition < BROKERS; partition++) {
            eu.produce("orders", partition, values());
        }
        sent += ROUND;
        for (int partition = 0; partition < BROKERS; partition++) {
            assertThat(records(us, partition)).isEqualTo(records(eu, partition));
        }
    }

    private String[] values() {
        return IntStream.range(sent, sent + ROUND)
                .mapToObj(number -> "value-" + number)
                .toArray(String[]::new);
    }

    private List<Copied> records(Clients clients, int partition) {
        var found = new ArrayList<Copied>();
        var place = new TopicPartition("orders", partition);
        try (var consumer = clients.consumer("reader")) {
            consumer.assign(List.of(place));
            consumer.seekToBeginning(List.of(place));
            Patience.untilTrue(
                    "all %d records are in %s".formatted(sent, clients.bootstrap()),
                    () -> {
                        consumer.poll(Duration.ofMillis(200))
                                .forEach(record -> found.add(Copied.of(record)));
                        return found.size() >= sent;
                    });
        }
        return found;
    }

    /** A record as a consumer sees it. */
    private record Copied(long offset, String value, long timestampMs, int leaderEpoch) {

        static Copied of(ConsumerRecord<String, String> record) {
            return new Copied(
                    record.offset(),
                    record.value(),
                    record.timestamp(),
                    record.leaderEpoch().orElse(-1));
        }
    }
}
