import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.util.Properties;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/** Small transactions of several official producers, each of which begins when the last ended. */
final class Transactions {

    private final Load.Options options;
    private final ConcurrentHistogram nanos = new ConcurrentHistogram(120_000_000_000L, 3);
    private final LongAdder committed = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private Transactions(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) {
        new Transactions(options).measure();
    }

    private void measure() {
        for (int index = 0; index < options.integer("producers", 1); index++) {
            String id = "bench-" + index;
            Thread.ofPlatform().daemon().start(() -> transact(id));
        }
        Window.awaitWork(committed, options.number("warm_transactions", 2_000), 120);
        nanos.reset();
        long before = committed.sum();
        long start = System.nanoTime();
        Window window = Window.open();
        Window.awaitWork(committed, options.number("transactions", 5_000), 120);
        long done = committed.sum() - before;
        double seconds = (System.nanoTime() - start) / 1e9;
        Load.Result result = window.close(0);
        result.add("transactions", done)
                .add("transactions_s", done / seconds)
                .add("errors", errors.sum());
        Window.percentiles(result, "transaction", nanos);
        result.print();
        stopped.set(true);
    }

    private void transact(String id) {
        int partitions = options.integer("partitions", 12);
        int touched = options.integer("touched", 3);
        byte[][] values = Clients.values(options.integer("size", 100));
        int next = Math.floorMod(id.hashCode(), partitions);
        try (var producer = producer(id)) {
            producer.initTransactions();
            while (!stopped.get()) {
                long begun = System.nanoTime();
                producer.beginTransaction();
                for (int index = 0; index < touched; index++) {
                    next = (next + 1) % partitions;
                    byte[] value = values[next & (Clients.VALUES - 1)];
                    producer.send(new ProducerRecord<>(options.topic(), next, null, value));
                }
                producer.commitTransaction();
                nanos.recordValue(System.nanoTime() - begun);
                committed.increment();
            }
        } catch (RuntimeException failure) {
            failure.printStackTrace();
            errors.increment();
        }
    }

    private KafkaProducer<byte[], byte[]> producer(String id) {
        var properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, options.bootstrap());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, "0");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
