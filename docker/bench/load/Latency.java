import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Records at a fixed rate, each timed from the moment it was due to the moment the consumer has it:
 * a producer that falls behind does not hide the wait (no coordinated omission). One JVM, one
 * clock. With {@code read_bootstrap} the consumer reads a mirror in another cluster.
 */
final class Latency {
    private final Load.Options options;
    private final Histogram endToEndNanos = new Histogram(600_000_000_000L, 3);
    private final ConcurrentHistogram ackNanos = new ConcurrentHistogram(600_000_000_000L, 3);
    private final CountDownLatch positioned = new CountDownLatch(1);
    private final LongAdder errors = new LongAdder();
    private volatile long startNanos = Long.MAX_VALUE;
    private volatile long endNanos = Long.MAX_VALUE;
    private volatile long seen;
    private volatile boolean stopped;

    private Latency(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) throws InterruptedException {
        new Latency(options).measure();
    }

    private void measure() throws InterruptedException {
        Thread consumer = Thread.ofPlatform().start(this::consume);
        positioned.await();
        long firstNanos = System.nanoTime() + 100_000_000L;
        startNanos = firstNanos + (long) (options.number("warmup", 8) * 1e9);
        endNanos = startNanos + (long) (options.number("seconds", 15) * 1e9);
        var clock = Thread.ofPlatform().daemon().start(this::markWindow);
        long sent = produce(firstNanos);
        long deadline = System.nanoTime() + 30_000_000_000L;
        while (seen < sent && System.nanoTime() < deadline) {
            Window.sleepMs(20);
        }
        stopped = true;
        consumer.join();
        clock.join();
        var result =
                new Load.Result()
                        .add("mb", sent * (double) options.integer("size", 1024) / 1e6)
                        .add("sent", sent)
                        .add("lost", sent - seen)
                        .add("errors", errors.sum());
        Window.percentiles(result, "e2e", endToEndNanos);
        Window.percentiles(result, "ack", ackNanos);
        result.print();
    }

    private void markWindow() {
        Window.sleepMs((startNanos - System.nanoTime()) / 1_000_000);
        Window.mark("start");
        Window.sleepMs((endNanos - System.nanoTime()) / 1_000_000);
        Window.mark("end");
    }

    private void consume() {
        String topic = options.text("read_topic", options.topic());
        try (var consumer = Clients.consumer(options.text("read_bootstrap", options.bootstrap()))) {
            var partitions = Clients.assignAll(consumer, topic);
            consumer.seekToEnd(partitions);
            partitions.forEach(consumer::position);
            positioned.countDown();
            while (!stopped) {
                var records = consumer.poll(Duration.ofMillis(100));
                long now = System.nanoTime();
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    take(ByteBuffer.wrap(record.value()).getLong(), now);
                }
            }
        }
    }

    private void take(long dueNanos, long nowNanos) {
        if (dueNanos >= startNanos && dueNanos < endNanos) {
            endToEndNanos.recordValue(Math.max(0, nowNanos - dueNanos));
            seen = endToEndNanos.getTotalCount();
        }
    }

    /** Returns how many records were due within the window. */
    private long produce(long firstNanos) {
        byte[][] values = Clients.values(options.integer("size", 1024));
        double gapNanos = 1e9 / options.integer("rate", 1000);
        long inWindow = 0;
        try (var producer = Clients.producer(options)) {
            for (long index = 0; ; index++) {
                long dueNanos = firstNanos + (long) (index * gapNanos);
                if (dueNanos >= endNanos) {
                    return inWindow;
                }
                for (long wait; (wait = dueNanos - System.nanoTime()) > 0; ) {
                    LockSupport.parkNanos(wait);
                }
                byte[] value = values[(int) index & (Clients.VALUES - 1)].clone();
                ByteBuffer.wrap(value).putLong(dueNanos);
                boolean measured = dueNanos >= startNanos;
                inWindow += measured ? 1 : 0;
                producer.send(
                        new ProducerRecord<>(options.topic(), value),
                        (_, failure) -> {
                            if (failure != null) {
                                errors.increment();
                            } else if (measured) {
                                ackNanos.recordValue(System.nanoTime() - dueNanos);
                            }
                        });
            }
        }
    }
}
