package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.commands.Tombolo;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** What a link brings, another one carries on: {@code eu} to {@code us} to {@code ap}. */
class LinkChainEndToEnd {

    private static final String LINKS =
            """
            links:
              eu-to-us: { from: eu, to: us, topics: ["*"] }
              us-to-ap: { from: us, to: ap, topics: ["*"] }
            failover:
              near: { follows: eu-to-us }
            """;

    @TempDir Path folder;

    @Test
    void theEndOfAChainFollowsWhoeverOwnsTheTopics() throws Exception {
        try (var site = Site.of(folder, List.of("eu", "us", "ap"), LINKS)) {
            site.startAll();
            Clients eu = site.clients("eu");
            Clients us = site.clients("us");
            Clients ap = site.clients("ap");
            eu.create("orders", 1);
            eu.produce("orders", 0, "a", "b");
            transactions(eu);
            eu.commit("billing", "orders", 0, 2);
            long end = eu.end("orders", 0);

            awaitEnd(ap, end);
            assertThat(segment(site, "us")).isEqualTo(segment(site, "eu"));
            assertThat(segment(site, "ap")).isEqualTo(segment(site, "eu"));
            Patience.until(() -> assertThat(ap.committed("billing", "orders", 0)).isEqualTo(2));

            AdminHttp atTheEnd = site.admin("ap");
            assertThat(atTheEnd.get("/api/v1/failover/us-to-ap").body())
                    .contains("TMB-4017", "link us-to-ap carries on what another one brings to us");
            assertThat(site.admin("us").post("/api/v1/handover/us-to-ap/begin").status())
                    .isEqualTo(409);

            // The middle takes over, writes under epochs of its own, and the end goes on.
            site.stop("eu");
            AdminHttp.Answer taken = site.admin("us").post("/api/v1/failover/near?force=true");
            assertThat(taken.status()).as(taken.body()).isEqualTo(200);
            Patience.until(() -> us.produce("orders", 0, "after"));
            awaitEnd(ap, us.end("orders", 0));
            assertThat(ap.readByOffset("orders", 0, end))
                    .isEqualTo(us.readByOffset("orders", 0, end));
            assertThat(segment(site, "ap")).isEqualTo(segment(site, "us"));
            assertThatThrownBy(() -> ap.produce("orders", 0, "mine"))
                    .isInstanceOf(PolicyViolationException.class);

            // The beginning comes back as a copy of the middle; the end does not notice.
            site.start("eu");
            assertThatThrownBy(() -> eu.produce("orders", 0, "late"))
                    .isInstanceOf(RuntimeException.class);
            us.produce("orders", 0, "more");
            awaitEnd(ap, us.end("orders", 0));
            assertThat(atTheEnd.link("us-to-ap").get("state").asString()).isIn("ACTIVE", "SYNCING");
            var command = new Tombolo(folder);
            String file = site.file().toString();
            assertThat(command.run("failback", "near", "-y", "-f", file).exitCode()).isZero();
            Patience.until(() -> assertThat(eu.end("orders", 0)).isEqualTo(us.end("orders", 0)));

            // And leads the chain again, without a loss.
            Tombolo.Ended back =
                    command.run("failover", "near", "--planned", "--to", "eu", "-y", "-f", file);
            assertThat(back.exitCode()).as(back.err()).isZero();
            eu.produce("orders", 0, "back");
            awaitEnd(us, eu.end("orders", 0));
            awaitEnd(ap, eu.end("orders", 0));
            assertThat(segment(site, "us")).isEqualTo(segment(site, "eu"));
            assertThat(segment(site, "ap")).isEqualTo(segment(site, "eu"));
        }
    }

    private static void transactions(Clients region) {
        try (var producer = region.producer(Map.of("transactional.id", "shop"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "c"));
            producer.commitTransaction();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("orders", 0, "k", "void"));
            producer.abortTransaction();
        }
    }

    private static void awaitEnd(Clients region, long end) {
        Patience.until(() -> assertThat(region.end("orders", 0)).isEqualTo(end));
    }

    private static byte[] segment(Site site, String region) throws IOException {
        return Files.readAllBytes(
                site.data(region).resolve("orders-0").resolve("00000000000000000000.log"));
    }
}
