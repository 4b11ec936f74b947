import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.common.protocol.ApiKeys;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Produce requests of one small record, one at a time per connection: the price of a request. */
final class SmallRequests {
    private final Load.Options options;
    private final ConcurrentHistogram requestNanos = new ConcurrentHistogram(120_000_000_000L, 3);
    private final LongAdder answered = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private SmallRequests(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) {
        new SmallRequests(options).measure();
    }

    private void measure() {
        for (int index = 0; index < options.integer("connections", 1); index++) {
            int partition = index % options.integer("partitions", 12);
            Thread.ofPlatform().daemon().start(() -> send(partition));
        }
        Window.awaitWork(answered, options.number("warm_requests", 20_000), 60);
        requestNanos.reset();
        long before = answered.sum();
        Window window = Window.open();
        Window.awaitWork(answered, options.number("requests", 30_000), 60);
        long requests = answered.sum() - before;
        Load.Result result = window.close(0);
        result.add("requests", requests).add("errors", errors.sum());
        Window.percentiles(result, "req", requestNanos);
        result.print();
        stopped.set(true);
    }

    private void send(int partition) {
        int size = options.integer("size", 100);
        try (var connection = RawConnection.to(options.bootstrap())) {
            ByteBuffer frame =
                    RawConnection.encode(
                            RawConnection.produce(
                                    options.topic(),
                                    partition,
                                    (short) -1,
                                    RawConnection.batch(size, size + 8, "none")),
                            connection.header(ApiKeys.PRODUCE, RawConnection.PRODUCE_VERSION));
            int count = 0;
            while (!stopped.get()) {
                long sentNanos = System.nanoTime();
                connection.write(frame.duplicate());
                ByteBuffer response = connection.read();
                requestNanos.recordValue(System.nanoTime() - sentNanos);
                answered.increment();
                if ((++count & 1023) == 1 && RawConnection.refused(response) > 0) {
                    errors.increment();
                }
            }
        } catch (IOException failure) {
            failure.printStackTrace();
            errors.increment();
        }
    }
}
