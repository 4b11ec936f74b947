import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

import java.util.HashMap;
import java.util.List;
import java.util.concurrent.ExecutionException;

/**
 * Watches a link copy a backlog until the mirror holds as many records as its source. The steady
 * part, from 30 to 90 per cent, leaves out the start of the link and the tail of the last fetches.
 */
final class CatchUp {
    private final Load.Options options;
    private final long startNanos;
    private long firstNanos;
    private long steadyStartNanos;
    private long steadyStartRecords;
    private long steadyNanos;
    private long steadyRecords;

    private CatchUp(Load.Options options) {
        this.options = options;
        this.startNanos = System.nanoTime();
    }

    static void run(Load.Options options) throws Exception {
        try (Admin source = Clients.admin(options.bootstrap());
                Admin target = Clients.admin(options.text("read_bootstrap", ""))) {
            long wanted = records(source, options.topic());
            Window.mark("go");
            Window.awaitDriver();
            new CatchUp(options).watch(target, wanted);
        }
    }

    private void watch(Admin target, long wanted) {
        String topic = options.text("read_topic", options.topic());
        long deadline = startNanos + (long) (options.number("timeout", 300) * 1e9);
        long copied = 0;
        while (copied < wanted && System.nanoTime() < deadline) {
            copied = records(target, topic);
            note(copied, wanted);
            Window.sleepMs(25);
        }
        Window.mark("end");
        new Load.Result()
                .add("ok", copied >= wanted)
                .add("records", copied)
                .add("first_record_ms", (firstNanos - startNanos) / 1e6)
                .add("caught_up_ms", (System.nanoTime() - startNanos) / 1e6)
                .add("steady_records", steadyRecords)
                .add("steady_records_s", steadyRecords / (steadyNanos / 1e9))
                .print();
    }

    private void note(long copied, long wanted) {
        long now = System.nanoTime();
        if (copied > 0 && firstNanos == 0) {
            firstNanos = now;
        }
        if (copied >= wanted * 0.3 && steadyStartNanos == 0) {
            steadyStartNanos = now;
            steadyStartRecords = copied;
            Window.mark("steady-start");
        }
        if (copied >= wanted * 0.9 && steadyNanos == 0 && steadyStartRecords < copied) {
            steadyNanos = now - steadyStartNanos;
            steadyRecords = copied - steadyStartRecords;
            Window.mark("steady-end");
        }
    }

    private static long records(Admin admin, String topic) {
        try {
            var described = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            var latest = new HashMap<TopicPartition, OffsetSpec>();
            for (var partition : described.partitions()) {
                latest.put(new TopicPartition(topic, partition.partition()), OffsetSpec.latest());
            }
            return admin.listOffsets(latest).all().get().values().stream()
                    .mapToLong(found -> found.offset())
                    .sum();
        } catch (ExecutionException notYet) {
            return 0;
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }
}
