package io.tombolo.broker.link;

import static io.tombolo.broker.link.LinkedRegions.EU_1;
import static io.tombolo.broker.link.LinkedRegions.US_1;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.Partition;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** What the cleaner of the copying region does to segments of a topic that its source has. */
class CopyCompactionTest {

    private static final int ROUNDS = 12;
    private static final int ROLL_MS = 1_000;
    private static final String CLEANING =
            "log.cleaner.backoff.ms: 100, log.cleaner.min.cleanable.ratio: 0.01, log.roll.ms: "
                    + ROLL_MS;

    private final LinkedRegions regions = new LinkedRegions(1);

    @Test
    void aRegionThatCompactsByDefaultLeavesTheCopyOfWhatItsSourceKeeps() throws Exception {
        begin("log.cleanup.policy: delete", "log.cleanup.policy: compact");

        produceTheSameKey();
        regions.runFor(Duration.ofMinutes(2));

        assertThat(segments(EU_1)).isGreaterThan(ROUNDS / 2);
        assertThat(segments(US_1)).isGreaterThan(ROUNDS / 2);
        assertThat(bytes(US_1)).isEqualTo(bytes(EU_1));
    }

    @Test
    void aRegionThatDeletesByDefaultCompactsTheCopyOfWhatItsSourceCompactsByDefault() {
        begin("log.cleanup.policy: compact", "log.cleanup.policy: delete");
        long before = bytes(US_1);

        produceTheSameKey();
        regions.run("compacted", () -> bytes(US_1) < before + ROUNDS * 100L);

        assertThat(partition(US_1).highWatermark()).isEqualTo(partition(EU_1).highWatermark());
    }

    private void begin(String source, String copy) {
        regions.change(text ->
                text.replace(
                                "8080\", allowInsecure: true }",
                                "8080\", allowInsecure: true, config: { %s, %s } }"
                                        .formatted(source, CLEANING))
                        .replace(
                                "    config:\n",
                                "    config:\n      "
                                        + (copy + ", " + CLEANING).replace(", ", "\n      ")
                                        + "\n"));
        regions.begin();
    }

    private void produceTheSameKey() {
        for (int round = 1; round <= ROUNDS; round++) {
            var batch = new BatchBuilder(BatchSpec.PLAIN);
            batch.append(
                    1_000L + 2L * ROLL_MS * round,
                    LinkedRegions.bytes("key"),
                    LinkedRegions.bytes("v".repeat(500)));
            regions.produce(EU_1, 0, batch.build());
        }
        regions.run(
                "copied", () -> partition(US_1).highWatermark() == partition(EU_1).highWatermark());
    }

    private Partition partition(String host) {
        return regions.find(host, 0).orElseThrow();
    }

    private long segments(String host) throws IOException {
        return regions.simulator.node(host).disk().list(Path.of("/data/orders-0")).stream()
                .filter(file -> file.endsWith(".log"))
                .count();
    }

    private long bytes(String host) {
        return partition(host).log().sizeBytes();
    }
}
