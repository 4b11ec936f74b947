package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;
import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Relay;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TransactionAbortableException;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Three sites, one of them a witness, agree on who writes: a region that cannot ask them any more
 * stops by itself, and the other one takes over without anybody's word about it.
 */
class QuorumOwnershipEndToEnd {

    private static final List<String> SITES = List.of("eu", "us", "witness");
    private static final String POLICY = "/api/v1/failover/eu-to-us";
    private static final String FORCED = POLICY + "?force=true&reason=isolated";

    @TempDir Path folder;
    private final int kafka = Nodes.freePort();
    private final int admin = Nodes.freePort();
    private final List<Relay> relays = new ArrayList<>();
    private final List<ChildBroker> children = new ArrayList<>();
    private ChildBroker eu;
    private AdminHttp us;

    @BeforeEach
    void startSites() {
        for (int from = 0; from < SITES.size(); from++) {
            for (int to = 0; to < SITES.size(); to++) {
                if (from != to) {
                    relays.add(Relay.open(from, seenFrom(from, to), to, "127.0.0.1" + to, admin));
                }
            }
        }
        for (int site = 0; site < SITES.size(); site++) {
            children.add(start(site));
        }
        children.forEach(ChildBroker::awaitReady);
        eu = children.getFirst();
        us = new AdminHttp("127.0.0.11", admin);
        clients(0).create("orders", 1);
        Patience.until(() -> clients(0).produce("orders", 0, "a"));
        Patience.until(() -> assertThat(clients(1).end("orders", 0)).isPositive());
    }

    @AfterEach
    void stop() {
        relays.forEach(Relay::release);
        children.forEach(ChildBroker::close);
        relays.forEach(Relay::close);
    }

    @Test
    void anOwnerThatStoodStillForALeaseAcknowledgesNothingWhenItGoesOn() throws Exception {
        try (var client = new WireClient("127.0.0.10:" + kafka)) {
            assertThat(Produced.send(client, "orders", 4_000, 0, "b").errorCode()).isZero();
            eu.signal("STOP");
            var late =
                    CompletableFuture.supplyAsync(
                            () -> Produced.send(client, "orders", 4_000, 1, "late").errorCode());
            Patience.until(
                    () -> assertThat(us.get(POLICY).json().get("ready").asBoolean()).isTrue());

            var answer = us.post(POLICY);

            assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
            clients(1).produce("orders", 0, "c");
            eu.signal("CONT");
            assertThat(Errors.forCode(late.join()))
                    .isIn(Errors.NOT_LEADER_OR_FOLLOWER, Errors.POLICY_VIOLATION);
        }
        Patience.until(() ->
                assertThatThrownBy(() -> clients(0).produce("orders", 0, "later"))
                        .isInstanceOf(PolicyViolationException.class)
                        .hasMessageContaining("belongs to region us"));
    }

    @Test
    void anOwnerThatReachesNoOtherSiteStopsBeforeAnotherOneWrites() throws Exception {
        var stopped = new AtomicBoolean();
        var acknowledged = new ArrayList<Long>();
        var writer =
                CompletableFuture.runAsync(() -> {
                    try (var client = new WireClient("127.0.0.10:" + kafka)) {
                        for (int sequence = 0; !stopped.get(); ) {
                            var answer = Produced.send(client, "orders", 5_000, sequence, "s");
                            if (answer.errorCode() == 0) {
                                acknowledged.add(System.nanoTime());
                                sequence++;
                            }
                        }
                    }
                });
        isolate(0);

        // The link still reads from it, so an operator has to say that this is meant.
        var answer = us.post(FORCED);
        long writable = System.nanoTime();

        assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
        clients(1).produce("orders", 0, "c");
        stopped.set(true);
        writer.join();
        assertThat(acknowledged).isNotEmpty().allMatch(nanos -> nanos - writable < 0);
        relays.forEach(Relay::release);
        Patience.until(() ->
                assertThatThrownBy(() -> clients(0).produce("orders", 0, "later"))
                        .isInstanceOf(PolicyViolationException.class)
                        .hasMessageContaining("belongs to region us"));
    }

    @Test
    void anOwnerThatReachesNoOtherSiteCommitsNeitherTransactionsNorPositions() throws Exception {
        Patience.until(() -> clients(0).commit("readers", "orders", 0, 1));
        try (var client = new WireClient("127.0.0.10:" + kafka);
                var producer = clients(0).producer(Map.of("transactional.id", "open"))) {
            assertThat(commit(client)).isEqualTo(Errors.NONE);
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "open")).get();
            isolate(0);
            var answer = us.post(FORCED);
            assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);

            assertThat(commit(client)).isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
            var committing = CompletableFuture.runAsync(producer::commitTransaction);
            relays.forEach(Relay::release);
            assertThatThrownBy(committing::join)
                    .hasCauseInstanceOf(TransactionAbortableException.class);
            producer.abortTransaction();
        }
    }

    @Test
    void aPlannedFailoverPassesTheLeaseOnAndLinesThatComeAndGoLoseNothing() throws Exception {
        try (var writer = new UnceasingWriter(clients(0), 1)) {
            awaitMore(writer);
            assertThat(failover("--planned").get("recordsLost").asLong()).isZero();
            writer.close();
            assertThat(writer.missingIn(clients(1))).isEmpty();
        }
        try (var writer = new UnceasingWriter(clients(1), 1)) {
            for (int time = 0; time < 5; time++) {
                awaitMore(writer);
                isolate(1);
                awaitMore(writer);
                relays.forEach(Relay::release);
            }

            // Nobody hears it any more, though it hears everybody: it has to find that out itself.
            for (Relay relay : relays) {
                relay.hold(1, 0);
                relay.hold(1, 2);
            }
            var answer = new AdminHttp("127.0.0.10", admin).post(FORCED);
            assertThat(answer.status()).describedAs(answer.body()).isEqualTo(200);
            int acknowledged = writer.count();
            clients(0).produce("orders", 0, "c");
            relays.forEach(Relay::release);
            Patience.until(() ->
                    assertThatThrownBy(() -> clients(1).produce("orders", 0, "later"))
                            .isInstanceOf(PolicyViolationException.class)
                            .hasMessageContaining("belongs to region eu"));
            writer.close();
            assertThat(writer.count()).isEqualTo(acknowledged);
        }
    }

    private static void awaitMore(UnceasingWriter writer) {
        int before = writer.count();
        Patience.until(() -> assertThat(writer.count()).isGreaterThan(before + 50));
    }

    private JsonNode failover(String... options) {
        var command = new ArrayList<>(List.of("failover", "eu-to-us", "-y", "-o", "json"));
        command.addAll(List.of(options));
        command.addAll(List.of("-f", folder.resolve("eu.yaml").toString()));
        return new Tombolo(folder).run(command.toArray(String[]::new)).json();
    }

    /** Cuts a site off from the other ones, not from its clients. */
    private void isolate(int site) {
        for (Relay relay : relays) {
            for (int other = 0; other < SITES.size(); other++) {
                if (other != site) {
                    relay.hold(site, other);
                    relay.hold(other, site);
                }
            }
        }
    }

    @Test
    void anOwnerThatLivesIsNotTakenOverFrom() {
        var answer = us.post(FORCED);

        assertThat(answer.status()).isEqualTo(500);
        assertThat(answer.body()).contains("goes on renewing its lease");
        clients(0).produce("orders", 0, "still");
    }

    /** Commits a position as nobody's member. */
    private static Errors commit(WireClient client) {
        var partition = new OffsetCommitRequestPartition().setCommittedOffset(1);
        var topic =
                new OffsetCommitRequestTopic().setName("orders").setPartitions(List.of(partition));
        var request = new OffsetCommitRequestData().setGroupId("readers").setTopics(List.of(topic));
        OffsetCommitResponseData answer = client.call(request, 8);
        return Errors.forCode(answer.topics().getFirst().partitions().getFirst().errorCode());
    }

    private Clients clients(int site) {
        return new Clients("127.0.0.1%d:%d".formatted(site, kafka));
    }

    /** Where a site believes that the admin interface of another one is. */
    private static String seenFrom(int from, int to) {
        return "127.0.1.%d%d".formatted(from + 1, to);
    }

    private ChildBroker start(int site) {
        String name = SITES.get(site);
        Path file = folder.resolve(name + ".yaml");
        try {
            Files.writeString(file, text(site));
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        return ChildBroker.start(file, name, 1, folder.resolve(name + ".out"), "96m");
    }

    private String text(int viewer) {
        var text = new StringBuilder("tombolo: 1\nname: sites\nregions:\n");
        for (int site = 0; site < SITES.size(); site++) {
            String host = site == viewer ? "127.0.0.1" + site : seenFrom(viewer, site);
            text.append(
                    """
                      %s:
                        kafka: "127.0.0.1%d:%d"
                        admin: "%s:%d"
                        storage: { dir: "%s" }
                    """
                            .formatted(
                                    SITES.get(site),
                                    site,
                                    kafka,
                                    host,
                                    admin,
                                    folder.resolve(SITES.get(site))));
        }
        return text
                + """
                links:
                  eu-to-us: { from: eu, to: us, topics: ["*"], groups: ["*"] }
                ownership: { guarantee: quorum, sites: [eu, us, witness], lease: 6s }
                """;
    }
}
