import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Identical Produce v9 requests of one batch each, sent again and again from one buffer. */
final class RawProducer {
    private final Load.Options options;
    private final MemoryRecords batch;
    private final int recordsPerBatch;
    private final int partitions;
    private final LongAdder answered = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final ConcurrentHistogram ackNanos = new ConcurrentHistogram(120_000_000_000L, 3);
    private final AtomicBoolean stopped = new AtomicBoolean();

    private RawProducer(Load.Options options) {
        this.options = options;
        this.partitions = options.integer("partitions", 1);
        int size = options.integer("size", 1024);
        int batchBytes = options.integer("batch", 16_384);
        this.batch = RawConnection.batch(size, batchBytes, options.text("compression", "none"));
        this.recordsPerBatch = Math.max(1, batchBytes / (size + 8));
    }

    static void run(Load.Options options) {
        new RawProducer(options).measure();
    }

    private void measure() {
        for (int index = 0; index < options.integer("connections", 1); index++) {
            int first = index;
            Thread.ofPlatform().daemon().start(() -> send(first));
        }
        double batchMegabytes = recordsPerBatch * options.integer("size", 1024) / 1e6;
        Window.awaitWork(answered, options.number("warm_mb", 0) / batchMegabytes, 120);
        ackNanos.reset();
        long before = answered.sum();
        Window window = Window.open();
        Window.awaitWork(answered, options.number("mb", 300) / batchMegabytes, 120);
        long requests = answered.sum() - before;
        Load.Result result = window.close(requests * batchMegabytes);
        result.add("requests", requests).add("errors", errors.sum());
        Window.percentiles(result, "ack", ackNanos);
        result.print();
        stopped.set(true);
    }

    private void send(int firstPartition) {
        try (var connection = RawConnection.to(options.bootstrap())) {
            ByteBuffer[] frames = frames(connection);
            var sentNanos = new ArrayDeque<Long>();
            int inFlightMax = options.integer("inflight", 5);
            int correlationId = 0;
            while (!stopped.get()) {
                while (sentNanos.size() < inFlightMax) {
                    ByteBuffer frame =
                            frames[(firstPartition + correlationId) % partitions].duplicate();
                    frame.putInt(8, correlationId++);
                    sentNanos.add(System.nanoTime());
                    connection.write(frame);
                }
                ByteBuffer response = connection.read();
                ackNanos.recordValue(System.nanoTime() - sentNanos.remove());
                answered.increment();
                // Parsed now and then only: a client that is busy would hide the broker.
                if (correlationId % 256 < inFlightMax) {
                    errors.add(RawConnection.refused(response));
                }
            }
        } catch (IOException | RuntimeException failure) {
            failure.printStackTrace();
            errors.increment();
        }
    }

    private ByteBuffer[] frames(RawConnection connection) {
        short acks = (short) (options.text("acks", "1").equals("all") ? -1 : 1);
        var frames = new ByteBuffer[partitions];
        for (int partition = 0; partition < partitions; partition++) {
            frames[partition] =
                    RawConnection.encode(
                            RawConnection.produce(options.topic(), partition, acks, batch),
                            connection.header(ApiKeys.PRODUCE, RawConnection.PRODUCE_VERSION));
        }
        return frames;
    }
}
