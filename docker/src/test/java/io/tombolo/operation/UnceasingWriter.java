package io.tombolo.operation;

import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/** A stock producer to {@code orders} that never stops, and what was acknowledged to it. */
final class UnceasingWriter implements AutoCloseable {

    private record Place(int partition, long offset) {}

    private final int partitions;
    private final Map<Place, String> acked = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;

    UnceasingWriter(Clients region, int partitions) {
        this.partitions = partitions;
        thread = Thread.ofVirtual().start(() -> write(region));
    }

    private void write(Clients region) {
        Map<String, Object> patience =
                Map.of("delivery.timeout.ms", 12_000, "request.timeout.ms", 5_000);
        try (var producer = region.producer(patience)) {
            for (int number = 0; !stopped.get(); number++) {
                String value = "record " + number;
                try {
                    RecordMetadata at =
                            producer.send(
                                            new ProducerRecord<>(
                                                    "orders", number % partitions, "k", value))
                                    .get();
                    acked.put(new Place(at.partition(), at.offset()), value);
                } catch (ExecutionException refused) {
                    // It was not acknowledged, so nothing is promised of it.
                }
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    /** How many records were acknowledged so far. */
    int count() {
        return acked.size();
    }

    /** Acknowledged records that a region has not at their offsets. */
    List<String> missingIn(Clients region) {
        var missing = new ArrayList<String>();
        for (int partition = 0; partition < partitions; partition++) {
            int each = partition;
            var last =
                    acked.keySet().stream()
                            .filter(place -> place.partition() == each)
                            .mapToLong(Place::offset)
                            .max();
            if (last.isEmpty()) {
                continue;
            }
            var byOffset = region.readByOffset("orders", each, last.getAsLong());
            acked.forEach((place, value) -> {
                if (place.partition() == each
                        && !Objects.equals(value, byOffset.get(place.offset()))) {
                    missing.add(place + " " + value);
                }
            });
        }
        return missing;
    }

    @Override
    public void close() throws InterruptedException {
        stopped.set(true);
        thread.join();
    }
}
