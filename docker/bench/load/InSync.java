import org.apache.kafka.clients.admin.Admin;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;

/** The time until each partition of a topic has all of its replicas in sync. */
final class InSync {

    private InSync() {}

    static void run(Load.Options options) throws IOException, InterruptedException {
        try (Admin admin = Clients.admin(options.bootstrap())) {
            Window.mark("go");
            Window.awaitDriver();
            long startNanos = System.nanoTime();
            long deadline = startNanos + (long) (options.number("timeout", 120) * 1e9);
            boolean complete = false;
            while (!complete && System.nanoTime() < deadline) {
                complete = complete(admin, options.topic());
                Window.sleepMs(complete ? 0 : 25);
            }
            new Load.Result()
                    .add("in_sync_ms", (System.nanoTime() - startNanos) / 1e6)
                    .add("ok", complete)
                    .print();
        }
    }

    private static boolean complete(Admin admin, String topic) throws InterruptedException {
        try {
            return admin
                    .describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions()
                    .stream()
                    .allMatch(partition -> partition.isr().size() == partition.replicas().size());
        } catch (ExecutionException notYet) {
            return false;
        }
    }
}
