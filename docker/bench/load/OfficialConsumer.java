import org.apache.kafka.clients.consumer.KafkaConsumer;

import java.time.Duration;

/** Reads a whole topic with the official client, the measured pass after the warming ones. */
final class OfficialConsumer {

    private OfficialConsumer() {}

    static void run(Load.Options options) {
        try (var consumer = Clients.consumer(options.bootstrap())) {
            var partitions = Clients.assignAll(consumer, options.topic());
            long records =
                    consumer.endOffsets(partitions).values().stream().mapToLong(end -> end).sum();
            for (int warming = options.integer("warm_passes", 0); warming > 0; warming--) {
                consumer.seekToBeginning(partitions);
                readAll(consumer, records);
            }
            Window window = Window.open();
            long bytes = 0;
            for (int pass = options.integer("passes", 1); pass > 0; pass--) {
                consumer.seekToBeginning(partitions);
                bytes += readAll(consumer, records);
            }
            window.close(bytes / 1e6).print();
        }
    }

    private static long readAll(KafkaConsumer<byte[], byte[]> consumer, long records) {
        long seen = 0;
        long bytes = 0;
        long deadline = System.nanoTime() + 120_000_000_000L;
        while (seen < records) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("read " + seen + " of " + records + " records");
            }
            for (var record : consumer.poll(Duration.ofMillis(200))) {
                seen++;
                bytes += record.serializedValueSize();
            }
        }
        return bytes;
    }
}
