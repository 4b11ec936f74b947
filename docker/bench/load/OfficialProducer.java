import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * Produces with the official client: a warmed window of fixed work, or a fixed volume (preload).
 */
final class OfficialProducer {
    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final byte[][] values;
    private final LongAdder acknowledged = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final ConcurrentHistogram ackNanos = new ConcurrentHistogram(120_000_000_000L, 3);

    private OfficialProducer(Load.Options options) {
        this.producer = Clients.producer(options);
        this.topic = options.topic();
        this.values = Clients.values(options.integer("size", 1024));
    }

    static void run(Load.Options options) throws InterruptedException {
        var load = new OfficialProducer(options);
        double bytes = options.number("bytes", 0);
        if (bytes > 0) {
            load.sendVolume((long) (bytes / load.values[0].length));
        } else {
            load.sendWindow(options);
        }
    }

    private void sendVolume(long records) {
        Window window = Window.open();
        for (long index = 0; index < records; index++) {
            send(index);
        }
        producer.flush();
        finish(window, acknowledged.sum());
    }

    private void sendWindow(Load.Options options) throws InterruptedException {
        double perMegabyte = 1e6 / values[0].length;
        var stopped = new AtomicBoolean();
        Thread sender =
                Thread.ofPlatform()
                        .start(() -> {
                            for (long index = 0; !stopped.get(); index++) {
                                send(index);
                            }
                        });
        Window.awaitWork(acknowledged, options.number("warm_mb", 0) * perMegabyte, 120);
        ackNanos.reset();
        long before = acknowledged.sum();
        Window window = Window.open();
        Window.awaitWork(acknowledged, options.number("mb", 300) * perMegabyte, 120);
        long sent = acknowledged.sum() - before;
        finish(window, sent);
        stopped.set(true);
        sender.join();
    }

    private void finish(Window window, long records) {
        Load.Result result = window.close(records * (double) values[0].length / 1e6);
        result.add("records", records).add("errors", errors.sum());
        Window.percentiles(result, "ack", ackNanos);
        result.print();
    }

    /** Times every 64th record only: the histogram must not be what is measured. */
    private void send(long index) {
        long sentNanos = (index & 63) == 0 ? System.nanoTime() : 0;
        producer.send(
                new ProducerRecord<>(topic, values[(int) index & (Clients.VALUES - 1)]),
                (_, failure) -> {
                    if (failure != null) {
                        errors.increment();
                        return;
                    }
                    acknowledged.increment();
                    if (sentNanos != 0) {
                        ackNanos.recordValue(System.nanoTime() - sentNanos);
                    }
                });
    }
}
