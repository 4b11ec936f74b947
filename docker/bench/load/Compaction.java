import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;

/**
 * A topic full of old values of few keys is told to keep the latest only: the window lasts from
 * there until what is left has the size of the latest values and of the segments still written to.
 */
final class Compaction {
    private static final int SEGMENT_BYTES = 8 << 20;
    private static final double PATIENCE_SECONDS = 180;

    private Compaction() {}

    static void run(Load.Options options) throws Exception {
        try (Admin admin = Clients.admin(options.bootstrap())) {
            // The same work once before, for the JIT of the broker.
            clean(admin, options, "warm-" + options.topic());
            clean(admin, options, options.topic()).print();
        }
    }

    private static Load.Result clean(Admin admin, Load.Options options, String topic)
            throws Exception {
        int partitions = options.integer("partitions", 4);
        int keys = options.integer("keys", 20_000);
        int valueBytes = options.integer("size", 1024);
        double megabytes = options.number("mb", 300);
        admin.createTopics(List.of(uncompacted(topic, partitions))).all().get();
        long errors = fill(options, topic, keys, valueBytes);
        long filled = size(admin, topic);
        double kept = (double) keys * valueBytes / (megabytes * 1e6);
        long aimed = (long) (filled * kept) + (long) partitions * SEGMENT_BYTES;
        Window window = Window.open();
        admin.incrementalAlterConfigs(compacted(topic)).all().get();
        long left = awaitSize(admin, topic, aimed);
        return window.close(filled / 1e6)
                .add("left_mb", left / 1e6)
                .add("errors", errors)
                .add("ok", left <= aimed);
    }

    private static NewTopic uncompacted(String name, int partitions) {
        String segment = Integer.toString(SEGMENT_BYTES);
        return new NewTopic(name, partitions, (short) 1)
                .configs(Map.of("segment.bytes", segment, "min.cleanable.dirty.ratio", "0.01"));
    }

    private static Map<ConfigResource, Collection<AlterConfigOp>> compacted(String name) {
        var policy = new ConfigEntry("cleanup.policy", "compact");
        return Map.of(
                new ConfigResource(ConfigResource.Type.TOPIC, name),
                List.of(new AlterConfigOp(policy, AlterConfigOp.OpType.SET)));
    }

    /** The same keys in the same order for every system. */
    private static long fill(
            Load.Options options, String topic, int keys, int valueBytes) {
        byte[][] values = Clients.values(valueBytes);
        long records = (long) (options.number("mb", 300) * 1e6 / valueBytes);
        var random = new Random(11);
        var errors = new LongAdder();
        try (KafkaProducer<byte[], byte[]> producer = Clients.producer(options)) {
            for (long index = 0; index < records; index++) {
                byte[] key =
                        Integer.toString(random.nextInt(keys)).getBytes(StandardCharsets.US_ASCII);
                byte[] value = values[(int) index & (Clients.VALUES - 1)];
                producer.send(
                        new ProducerRecord<>(topic, key, value),
                        (_, failure) -> {
                            if (failure != null) {
                                errors.increment();
                            }
                        });
            }
        }
        return errors.sum();
    }

    private static long awaitSize(Admin admin, String topic, long aimed) throws Exception {
        long deadline = System.nanoTime() + (long) (PATIENCE_SECONDS * 1e9);
        long left = size(admin, topic);
        while (left > aimed && System.nanoTime() < deadline) {
            Window.sleepMs(50);
            left = size(admin, topic);
        }
        return left;
    }

    private static long size(Admin admin, String topic)
            throws ExecutionException, InterruptedException {
        long bytes = 0;
        for (var broker : admin.describeCluster().nodes().get()) {
            var folders = admin.describeLogDirs(List.of(broker.id())).allDescriptions().get();
            for (var folder : folders.get(broker.id()).values()) {
                for (var replica : folder.replicaInfos().entrySet()) {
                    bytes += replica.getKey().topic().equals(topic) ? replica.getValue().size() : 0;
                }
            }
        }
        return bytes;
    }
}
