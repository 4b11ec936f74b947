import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Properties;
import java.util.Random;

/** Official clients with the same settings for every system, and the values they send. */
final class Clients {
    /** A power of two, so that the next value is picked by a mask. */
    static final int VALUES = 512;

    private Clients() {}

    static Admin admin(String bootstrap) {
        var properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("reconnect.backoff.ms", "20");
        properties.put("retry.backoff.ms", "20");
        properties.put("retry.backoff.max.ms", "100");
        return Admin.create(properties);
    }

    static KafkaProducer<byte[], byte[]> producer(Load.Options options) {
        var properties = new Properties();
        String acks = options.text("acks", "all");
        properties.put("bootstrap.servers", options.bootstrap());
        properties.put("acks", acks);
        properties.put("enable.idempotence", Boolean.toString(acks.equals("all")));
        properties.put("linger.ms", options.text("linger", "5"));
        properties.put("batch.size", options.text("batch", "16384"));
        properties.put("compression.type", options.text("compression", "none"));
        properties.put("buffer.memory", "67108864");
        return new KafkaProducer<>(
                properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static KafkaConsumer<byte[], byte[]> consumer(String bootstrap) {
        var properties = new Properties();
        properties.put("bootstrap.servers", bootstrap);
        properties.put("auto.offset.reset", "earliest");
        properties.put("enable.auto.commit", "false");
        properties.put("allow.auto.create.topics", "false");
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<TopicPartition> assignAll(KafkaConsumer<?, ?> consumer, String topic) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(known -> new TopicPartition(topic, known.partition()))
                        .toList();
        consumer.assign(partitions);
        return partitions;
    }

    /** JSON-like values that lz4 shrinks to roughly 40 to 50 per cent; the same on every run. */
    static byte[][] values(int size) {
        var random = new Random(7);
        var values = new byte[VALUES][];
        for (int index = 0; index < VALUES; index++) {
            var text = new StringBuilder();
            while (text.length() < size) {
                text.append("{\"id\":").append(random.nextInt());
                text.append(",\"user\":\"u").append(random.nextInt(100_000));
                text.append("\",\"amount\":").append(random.nextInt(1_000_000) / 100.0);
                text.append(",\"state\":\"").append(random.nextBoolean() ? "open" : "closed");
                text.append("\"},");
            }
            values[index] = text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
        }
        return values;
    }
}
