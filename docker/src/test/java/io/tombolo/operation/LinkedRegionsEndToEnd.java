package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import tools.jackson.databind.JsonNode;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;

/** A region of three brokers that copies another one, loses brokers, and takes over. */
class LinkedRegionsEndToEnd {

    private static final int PARTITIONS = 3;

    @TempDir Path folder;

    private final List<List<String>> produced =
            IntStream.range(0, PARTITIONS).<List<String>>mapToObj(_ -> new ArrayList<>()).toList();

    @Test
    void aRegionOfThreeCopiesAnotherLosesALeaderAndTakesOver() {
        try (var regions = new LinkedRegions(folder)) {
            regions.start();
            regions.eu(1).replicate("orders", PARTITIONS);
            produce(regions, 1, 100);
            regions.eu(2).commit("billing", "orders", 0, 60);
            awaitCopied(regions, 1);
            Patience.until(() ->
                    assertThat(regions.us(2).committed("billing", "orders", 0)).isEqualTo(60));
            assertThat(regions.us(1).partition("orders", 0).replicas()).hasSize(3);
            // Each broker copies what it leads, and whichever is asked tells of all of it.
            assertThat(leaders(regions, 1)).hasSize(3);
            for (int asked = 1; asked <= 3; asked++) {
                assertThat(partitions(regions, asked)).hasSize(PARTITIONS);
            }

            int killed = leader(regions, 1, 0);
            int left = killed % 3 + 1;
            regions.kill(killed);
            produce(regions, 2, 100);
            awaitCopied(regions, left);
            assertThat(silent(regions, left)).hasSize(1);
            assertThat(regions.us(left).read("orders", 0, produced.get(0).size()))
                    .isEqualTo(produced.get(0));

            regions.spawn(killed);
            Patience.until(
                    () -> assertThat(regions.us(left).partition("orders", 0).isr()).hasSize(3));

            // A leader at the source goes; the link finds the next one.
            regions.stopSource(1);
            produce(regions, 2, 50);
            awaitCopied(regions, left);

            regions.stopSource(2);
            regions.stopSource(3);
            regions.kill(killed);
            AdminHttp.Answer answer =
                    regions.admin(left)
                            .post("/api/v1/failover/" + LinkedRegions.LINK + "?force=true");

            assertThat(answer.status()).as(answer.body()).isEqualTo(200);
            assertThat(answer.json().get("topics")).hasSize(PARTITIONS);
            int other = 6 - killed - left;
            assertThat(regions.us(other).end("orders", 1)).isEqualTo(produced.get(1).size());
            regions.us(other).produce("orders", 1, "after");
            var all = new ArrayList<>(produced.get(1));
            all.add("after");
            assertThat(regions.us(left).read("orders", 1, all.size())).isEqualTo(all);
            assertThat(regions.us(left).committed("billing", "orders", 0)).isEqualTo(60);
            // Whoever is asked later tells of it.
            JsonNode finished =
                    regions.admin(other)
                            .get("/api/v1/failover/" + LinkedRegions.LINK)
                            .json()
                            .get("finished");
            assertThat(finished.get("topics")).hasSize(PARTITIONS);
        }
    }

    private void produce(LinkedRegions regions, int asked, int count) {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            List<String> known = produced.get(partition);
            var values = new String[count];
            for (int i = 0; i < count; i++) {
                values[i] = partition + "/" + (known.size() + i);
            }
            regions.eu(asked).produce("orders", partition, values);
            known.addAll(List.of(values));
        }
    }

    private void awaitCopied(LinkedRegions regions, int asked) {
        Patience.until(() -> {
            List<JsonNode> partitions = partitions(regions, asked);
            assertThat(partitions).hasSize(PARTITIONS);
            for (JsonNode one : partitions) {
                assertThat(one.get("highWatermark").asLong())
                        .as(one.toString())
                        .isEqualTo(produced.get(one.get("partition").asInt()).size());
            }
            JsonNode lag = regions.admin(asked).link(LinkedRegions.LINK).get("lag");
            assertThat(lag.get("records").asLong()).as(lag.toString()).isZero();
        });
    }

    private static List<JsonNode> partitions(LinkedRegions regions, int asked) {
        var found = new ArrayList<JsonNode>();
        for (JsonNode topic : regions.admin(asked).link(LinkedRegions.LINK).get("topics")) {
            if (topic.get("topic").asString().equals("orders")) {
                topic.get("partitions").forEach(found::add);
            }
        }
        return found;
    }

    private static List<Integer> silent(LinkedRegions regions, int asked) {
        var silent = new ArrayList<Integer>();
        regions.admin(asked)
                .link(LinkedRegions.LINK)
                .get("silentBrokers")
                .forEach(id -> silent.add(id.asInt()));
        return silent;
    }

    private static TreeSet<Integer> leaders(LinkedRegions regions, int asked) {
        var leaders = new TreeSet<Integer>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            leaders.add(leader(regions, asked, partition));
        }
        return leaders;
    }

    private static int leader(LinkedRegions regions, int asked, int partition) {
        Node leader = regions.us(asked).partition("orders", partition).leader();
        return leader == null ? -1 : regions.numberOf(leader.id());
    }
}
