import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * A group reads at the source of a link what a producer sends at a fixed rate, and commits every
 * second; it stops, in order, before the producer does. Some seconds later it goes on at the target
 * from the positions that it finds there: what it reads again, and what it never sees.
 */
final class GroupMove {
    private static final int PARTITIONS = 6;
    private static final int VALUE_BYTES = 1024;
    private static final long SECOND = 1_000_000_000L;

    private final Load.Options options;
    private final BitSet seen = new BitSet();
    private final int total;
    private long again;
    private long readBefore;

    private GroupMove(Load.Options options) {
        this.options = options;
        this.total = options.integer("rate", 2000) * options.integer("seconds", 20);
    }

    static void run(Load.Options options) throws Exception {
        var load = new GroupMove(options);
        Window.mark("go");
        Window.awaitDriver();
        load.readAtSource();
        Window.sleepMs(options.integer("settle_ms", 10_000));
        load.goOnAtTarget();
        new Load.Result()
                .add("ok", load.seen.cardinality() == load.total)
                .add("records", load.total)
                .add("read_before", load.readBefore)
                .add("read_again", load.again)
                .add("never_seen", load.total - load.seen.cardinality())
                .print();
    }

    private void readAtSource() throws InterruptedException {
        Thread producing = Thread.ofPlatform().start(this::produce);
        try (var consumer = consumer(options.bootstrap(), options.topic())) {
            long until = System.nanoTime() + options.integer("seconds", 20) * SECOND * 3 / 4;
            long commitAt = 0;
            while (System.nanoTime() < until) {
                consumer.poll(Duration.ofMillis(100)).forEach(this::process);
                if (System.nanoTime() > commitAt) {
                    consumer.commitSync();
                    commitAt = System.nanoTime() + SECOND;
                }
            }
            consumer.commitSync();
        }
        readBefore = seen.cardinality();
        again = 0;
        producing.join();
    }

    private void produce() {
        byte[] filling = Clients.values(VALUE_BYTES)[0];
        long start = System.nanoTime();
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(options)) {
            for (int number = 0; number < total; number++) {
                byte[] value = Arrays.copyOf(filling, VALUE_BYTES);
                ByteBuffer.wrap(value).putInt(number);
                producer.send(
                        new ProducerRecord<>(options.topic(), number % PARTITIONS, null, value));
                long ahead = start + number * SECOND / (total / options.integer("seconds", 20));
                while (System.nanoTime() < ahead) {
                    Window.sleepMs(1);
                }
            }
        }
    }

    private void goOnAtTarget() {
        long quietSince = System.nanoTime();
        String bootstrap = options.text("read_bootstrap", "");
        try (var consumer = consumer(bootstrap, options.text("read_topic", options.topic()))) {
            while (seen.cardinality() < total && System.nanoTime() - quietSince < 30 * SECOND) {
                var records = consumer.poll(Duration.ofMillis(200));
                records.forEach(this::process);
                quietSince = records.isEmpty() ? quietSince : System.nanoTime();
            }
        }
    }

    private void process(ConsumerRecord<byte[], byte[]> record) {
        int number = ByteBuffer.wrap(record.value()).getInt();
        if (seen.get(number)) {
            again++;
        }
        seen.set(number);
    }

    private static KafkaConsumer<byte[], byte[]> consumer(String bootstrap, String topic) {
        Map<String, Object> settings =
                Map.of(
                        "bootstrap.servers", bootstrap,
                        "group.id", "moving",
                        "auto.offset.reset", "earliest",
                        "enable.auto.commit", "false");
        var consumer =
                new KafkaConsumer<>(
                        settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        consumer.subscribe(List.of(topic));
        return consumer;
    }
}
