package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Segments written long ago that cannot be read, were altered, or are not there any more. */
class SegmentFaultEndToEnd {

    private static final String FIRST_SEGMENT = "00000000000000000000.log";
    private static final int RECORDS = 20;

    /** A record in the middle of the first segment. */
    private static final int DAMAGED = 5;

    private static final String[] VALUES =
            IntStream.range(0, RECORDS)
                    .mapToObj(n -> n + "x".repeat(99_999))
                    .toArray(String[]::new);

    @TempDir Path folder;

    @Test
    void aReadThatFailsCostsItsFetchOnly() throws Exception {
        var disk = new FaultyDisk();
        try (var site = Site.alone(folder)) {
            site.start("eu", disk);
            Clients clients = site.clients("eu");
            createSegments(clients, "orders");
            clients.create("others", 1);

            disk.breakDown(FaultyDisk.Operation.READ, "orders-0/" + FIRST_SEGMENT);

            assertThat(fetch(site, 0)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(fetch(site, RECORDS - 1)).isEqualTo(Errors.NONE);
            clients.produce("orders", 0, "more");
            clients.produce("others", 0, "b");
            disk.heal();
            assertThat(clients.read("orders", 0, RECORDS + 1)).startsWith(VALUES).endsWith("more");
        }
    }

    @Test
    void aFlippedBitInAnOldSegmentIsNeverTakenForARecord() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            createSegments(clients, "orders");
            clients.create("others", 1);
            site.stop("eu");
            flipBitOf(DAMAGED, segment(site));

            site.start("eu");

            assertThat(fetch(site, DAMAGED)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(clients.read("orders", 0, DAMAGED))
                    .containsExactly(Arrays.copyOf(VALUES, DAMAGED));
            clients.produce("others", 0, "b");
            assertThat(clients.read("others", 0, 1)).containsExactly("b");
        }
    }

    @Test
    void aLogWithAHoleIsOfflineAndTheOthersGoOn() throws Exception {
        try (var site = Site.alone(folder)) {
            site.start("eu");
            Clients clients = site.clients("eu");
            createSegments(clients, "orders");
            clients.create("others", 1);
            clients.produce("others", 0, "a");
            site.stop("eu");
            Path middle = segments(site).get(1);
            Files.delete(middle);
            Files.delete(site.data("eu").resolve(".kafka_cleanshutdown"));

            site.start("eu");

            assertThat(fetch(site, RECORDS - 1)).isEqualTo(Errors.KAFKA_STORAGE_ERROR);
            assertThat(clients.read("others", 0, 1)).containsExactly("a");
        }
    }

    /**
     * Segments of less than a mebibyte are not allowed; so the records are large, and each is a
     * batch.
     */
    private static void createSegments(Clients clients, String topic) throws Exception {
        clients.create(topic, 1, Map.of("segment.bytes", "1048576"));
        clients.produce(topic, 0, VALUES);
    }

    /** Alters the last byte of the batch that holds a record, however the records were batched. */
    private static void flipBitOf(long offset, Path segment) throws IOException {
        try (var file = new RandomAccessFile(segment.toFile(), "rw")) {
            long position = 0;
            long next = 0;
            while (next <= offset) {
                file.seek(position);
                assertThat(file.readLong()).as("base offset").isEqualTo(next);
                position += 12 + file.readInt();
                file.skipBytes(11);
                next += file.readInt() + 1;
            }
            file.seek(position - 1);
            int was = file.read();
            file.seek(position - 1);
            file.write(was ^ 4);
        }
    }

    private static Path segment(Site site) throws IOException {
        return segments(site).getFirst();
    }

    private static List<Path> segments(Site site) throws IOException {
        try (var files = Files.list(site.data("eu").resolve("orders-0"))) {
            var segments = files.filter(path -> path.toString().endsWith(".log")).sorted().toList();
            assertThat(segments).hasSizeGreaterThan(1);
            return segments;
        }
    }

    private static Errors fetch(Site site, long offset) {
        var partition =
                new FetchPartition()
                        .setPartition(0)
                        .setFetchOffset(offset)
                        .setPartitionMaxBytes(1 << 20);
        var wanted = new FetchTopic().setTopic("orders").setPartitions(List.of(partition));
        var request = new FetchRequestData().setMaxBytes(1 << 20).setTopics(List.of(wanted));
        try (var client = new WireClient(site.portsOf("eu").kafka())) {
            FetchResponseData answer = client.call(request, 11);
            return Errors.forCode(
                    answer.responses().getFirst().partitions().getFirst().errorCode());
        }
    }
}
