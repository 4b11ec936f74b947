import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Many topics of ten partitions with one record each at the source of a link; then how long until
 * the target has all of them.
 */
final class ManyMirrors {
    private static final int PARTITIONS = 10;
    private static final int TOPICS_PER_REQUEST = 50;
    private static final int POLL_MS = 500;

    private final Load.Options options;
    private final int topics;

    private ManyMirrors(Load.Options options) {
        this.options = options;
        this.topics = options.integer("topics", 1000);
    }

    static void run(Load.Options options) throws Exception {
        var load = new ManyMirrors(options);
        try (Admin source = Clients.admin(options.bootstrap());
                Admin target = Clients.admin(options.text("read_bootstrap", ""))) {
            load.fill(source);
            Window.mark("go");
            Window.awaitDriver();
            load.watch(target);
        }
    }

    private void fill(Admin source) throws Exception {
        for (int first = 0; first < topics; first += TOPICS_PER_REQUEST) {
            var batch = new ArrayList<NewTopic>();
            for (int index = first; index < Math.min(topics, first + TOPICS_PER_REQUEST); index++) {
                batch.add(new NewTopic(options.topic() + index, PARTITIONS, (short) 1));
            }
            source.createTopics(batch).all().get();
        }
        byte[] value = Clients.values(100)[0];
        try (var producer = Clients.producer(options)) {
            for (int index = 0; index < topics; index++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    producer.send(
                            new ProducerRecord<>(options.topic() + index, partition, null, value));
                }
            }
        }
    }

    private void watch(Admin target) {
        long startNanos = System.nanoTime();
        long deadline = startNanos + (long) (options.number("timeout", 300) * 1e9);
        long wanted = (long) topics * PARTITIONS;
        long copied = 0;
        while (copied < wanted && System.nanoTime() < deadline) {
            Window.sleepMs(POLL_MS);
            copied = records(target);
        }
        new Load.Result()
                .add("ok", copied == wanted)
                .add("records", copied)
                .add("caught_up_ms", (System.nanoTime() - startNanos) / 1e6)
                .print();
    }

    private long records(Admin target) {
        String prefix = options.text("read_topic", options.topic());
        try {
            List<String> there =
                    target.listTopics().names().get().stream()
                            .filter(name -> name.startsWith(prefix))
                            .toList();
            // Asking for offsets is not free: only when it may be the end.
            if (there.size() < topics) {
                return 0;
            }
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            for (String name : there) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    latest.put(new TopicPartition(name, partition), OffsetSpec.latest());
                }
            }
            return target.listOffsets(latest).all().get().values().stream()
                    .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException notYet) {
            return 0;
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
