package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Kafka's own dump tool reads what a broker has written. */
class DumpToolEndToEnd {

    private static final String[] VALUES =
            IntStream.range(0, 500).mapToObj(n -> "value " + n).toArray(String[]::new);

    @TempDir Path folder;

    @Test
    void segmentsIndexesAndSnapshotsOfAStoppedBrokerAreSound() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            clients.create(
                    "orders", 1, Map.of("index.interval.bytes", "64", "segment.bytes", "1048576"));
            for (int from = 0; from < VALUES.length; from += 100) {
                clients.produce(
                        "orders", 0, java.util.Arrays.copyOfRange(VALUES, from, from + 100));
            }
            clients.commit("billing", "orders", 0, 42);
            site.stop("eu");
            Path orders = site.data("eu").resolve("orders-0");

            List<String> log = dump("--print-data-log", file(orders, ".log"));
            assertThat(log).filteredOn(line -> line.contains("payload: value ")).hasSize(500);
            assertThat(log).anyMatch(line -> line.contains("offset: 499 "));
            assertThat(log).noneMatch(line -> line.contains("isvalid: false"));

            List<String> index = dump("--index-sanity-check", file(orders, ".index"));
            assertThat(index).anyMatch(line -> line.contains("passed sanity check"));
            assertThat(dump("--deep-iteration", file(orders, ".index")))
                    .anyMatch(line -> line.startsWith("offset: "))
                    .noneMatch(line -> line.contains("Mismatches"));
            assertThat(dump("--deep-iteration", file(orders, ".snapshot")))
                    .filteredOn(line -> line.startsWith("producerId: "))
                    .hasSize(5);
            assertThat(offsetsLogs(site.data("eu")))
                    .anyMatch(line -> line.contains("billing") && line.contains("42"));
        }
    }

    private List<String> offsetsLogs(Path data) throws IOException, InterruptedException {
        var files = new java.util.ArrayList<Path>();
        try (var folders = Files.newDirectoryStream(data, "__consumer_offsets-*")) {
            for (Path partition : folders) {
                Path log = file(partition, ".log");
                if (Files.size(log) > 0) {
                    files.add(log);
                }
            }
        }
        assertThat(files).isNotEmpty();
        return dump("--offsets-decoder", files.toArray(Path[]::new));
    }

    private static Path file(Path partition, String suffix) throws IOException {
        try (var files = Files.list(partition)) {
            return files.filter(path -> path.toString().endsWith(suffix))
                    .max(java.util.Comparator.naturalOrder())
                    .orElseThrow();
        }
    }

    private List<String> dump(String option, Path... files)
            throws IOException, InterruptedException {
        return DumpTool.run(folder, option, files);
    }
}
