package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** A region takes over from another, and the other comes back. */
class FailoverEndToEnd {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final String POLICY = "/api/v1/failover/eu-to-us";

    @TempDir Path folder;
    private Site site;
    private Clients eu;
    private Clients us;
    private AdminHttp admin;

    @BeforeEach
    void copyARegion() throws Exception {
        site = Site.linked(folder);
        eu = site.clients("eu");
        us = site.clients("us");
        admin = site.admin("us");
        site.startAll();
        eu.create("orders", 1);
        eu.produce("orders", 0, "a", "b", "c", "d");
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(4));
    }

    @AfterEach
    void stop() {
        site.close();
    }

    @Test
    void aFailoverIsRefusedWhileTheSourceAnswers() {
        Patience.until(() ->
                assertThat(admin.get(POLICY).json().get("sourceReachable").asBoolean()).isTrue());

        var answer = admin.post(POLICY);

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.json().get("code").asString()).isEqualTo("TMB-4012");
        assertThatThrownBy(() -> us.produce("orders", 0, "mine"))
                .isInstanceOf(PolicyViolationException.class);
    }

    @Test
    void aGroupGoesOnInTheOtherRegionAndTheOldOwnerRefusesWrites() throws Exception {
        assertThat(consume(eu, 2)).containsExactly("a", "b");
        Patience.until(() -> assertThat(us.committed("billing", "orders", 0)).isEqualTo(2));
        site.stop("eu");

        failOver();

        us.produce("orders", 0, "e");
        assertThat(consume(us, 3)).containsExactly("c", "d", "e");
        assertThat(us.committed("billing", "orders", 0)).isEqualTo(5);
        var again = admin.post(POLICY);
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().get("code").asString()).isEqualTo("TMB-4010");

        site.start("eu");
        assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                .isInstanceOf(PolicyViolationException.class)
                .hasMessageContaining("belongs to region us");
        assertThat(eu.read("orders", 0, 4)).containsExactly("a", "b", "c", "d");

        // What was taken over is not given back by an edit of the file.
        site.stop("eu");
        try (var edited = site.copying("others")) {
            edited.start("eu");
            assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                    .isInstanceOf(PolicyViolationException.class)
                    .hasMessageContaining("belongs to region us");
        }

        // The new owner remembers who it is, and what it has written.
        site.restart("us");
        us.produce("orders", 0, "f");
        assertThat(us.read("orders", 0, 6)).containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(us.committed("billing", "orders", 0)).isEqualTo(5);
        assertThat(admin.post(POLICY).json().get("code").asString()).isEqualTo("TMB-4010");
    }

    @Test
    void producersGoOnWithTheirSequencesAfterAFailover() throws Exception {
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            assertThat(Produced.send(client, "orders", 4000, 0, "e").errorCode()).isZero();
        }
        Patience.until(() -> assertThat(us.end("orders", 0)).isEqualTo(5));
        site.stop("eu");

        failOver();

        try (var client = new WireClient(site.portsOf("us").kafka())) {
            var repeated = Produced.send(client, "orders", 4000, 0, "e");
            assertThat(repeated.errorCode()).isZero();
            assertThat(repeated.baseOffset()).isEqualTo(4);
            assertThat(Produced.send(client, "orders", 4000, 1, "f").baseOffset()).isEqualTo(5);
        }
        assertThat(us.end("orders", 0)).isEqualTo(6);
    }

    @Test
    void whatIsLostIsNotMoreThanWhatWasTold() throws Exception {
        Flow flow = new Flow(eu);
        flow.start();
        Patience.until(() -> {
            assertThat(flow.acknowledged()).hasSizeGreaterThan(1_000);
            assertThat(bound().get("recordsMax").asLong()).isPositive();
        });
        site.stop("eu");
        flow.stop();

        Patience.until(
                () -> assertThat(admin.get(POLICY).json().get("ready").asBoolean()).isTrue());
        long toldMax = bound().get("recordsMax").asLong();
        admin.post(POLICY);

        long end = us.end("orders", 0);
        long lost = flow.acknowledged().stream().filter(offset -> offset >= end).count();
        assertThat(toldMax).isGreaterThanOrEqualTo(lost);
        var finished = admin.get(POLICY).json().get("finished");
        assertThat(finished.get("origin").asString()).isEqualTo("CARRIED_OUT");
        assertThat(finished.get("lossBound").get("recordsMax").asLong())
                .isGreaterThanOrEqualTo(toldMax);
    }

    private JsonNode bound() {
        return admin.get(POLICY).json().get("lossBound");
    }

    /** Waits until the source counts as gone, then fails over. */
    private void failOver() {
        Patience.until(
                () -> assertThat(admin.get(POLICY).json().get("ready").asBoolean()).isTrue());
        var answer = admin.post(POLICY);
        assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
        // Whoever asks from now on learns of the new owner, with the very next answer.
        assertThat(
                        admin.get("/api/v1/region")
                                .json()
                                .get("ownerships")
                                .get(0)
                                .get("owner")
                                .asString())
                .isEqualTo("us");
    }

    /** A member of the group reads a number of records and commits after them. */
    private static List<String> consume(Clients clients, int count) {
        var values = new ArrayList<String>();
        var next = new HashMap<TopicPartition, OffsetAndMetadata>();
        try (var consumer = clients.consumer("billing")) {
            consumer.subscribe(List.of("orders"));
            Patience.until(() -> {
                for (var record : consumer.poll(Duration.ofMillis(200))) {
                    if (values.size() < count) {
                        values.add(record.value());
                        next.put(ORDERS, new OffsetAndMetadata(record.offset() + 1));
                    }
                }
                assertThat(values).hasSize(count);
            });
            consumer.commitSync(next);
        }
        return values;
    }

    /** Records at some hundreds per second, until there is nobody to take them. */
    private static final class Flow {

        private final ConcurrentLinkedQueue<Long> acknowledged = new ConcurrentLinkedQueue<>();
        private final KafkaProducer<String, String> producer;
        private final Thread thread;
        private volatile boolean stopped;

        Flow(Clients clients) {
            this.producer =
                    clients.producer(
                            Map.of(
                                    "delivery.timeout.ms",
                                    2_000,
                                    "request.timeout.ms",
                                    1_000,
                                    "max.block.ms",
                                    1_000));
            this.thread = Thread.ofVirtual().unstarted(this::run);
        }

        void start() {
            thread.start();
        }

        private void run() {
            while (!stopped) {
                producer.send(
                        new ProducerRecord<>("orders", 0, "k", "v"),
                        (answer, failure) -> {
                            if (failure == null) {
                                acknowledged.add(answer.offset());
                            }
                        });
                LockSupport.parkNanos(2_000_000);
            }
        }

        Collection<Long> acknowledged() {
            return acknowledged;
        }

        void stop() throws InterruptedException {
            stopped = true;
            thread.join();
            producer.close(Duration.ZERO);
        }
    }
}
