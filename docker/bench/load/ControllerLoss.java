import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The time from the loss of the active controller until a topic can be created. */
final class ControllerLoss {

    private ControllerLoss() {}

    static void run(Load.Options options)
            throws IOException, InterruptedException, ExecutionException {
        try (Admin admin = Clients.admin(options.bootstrap())) {
            int controller = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
            Window.mark("disturb " + controller);
            Window.awaitDriver();
            long startNanos = System.nanoTime();
            long deadline = startNanos + (long) (options.number("timeout", 120) * 1e9);
            String lastError = "";
            for (int attempt = 0; System.nanoTime() < deadline; attempt++) {
                lastError = create(admin, "after-" + attempt);
                if (lastError.isEmpty()) {
                    break;
                }
                Window.sleepMs(20);
            }
            new Load.Result()
                    .add("new_topic_ms", (System.nanoTime() - startNanos) / 1e6)
                    .add("ok", lastError.isEmpty())
                    .add("last_error", lastError)
                    .print();
        }
    }

    private static String create(Admin admin, String name) throws InterruptedException {
        try {
            admin.createTopics(
                            List.of(new NewTopic(name, 1, (short) 1)),
                            new CreateTopicsOptions().timeoutMs(500))
                    .all()
                    .get(1500, TimeUnit.MILLISECONDS);
            return "";
        } catch (ExecutionException | TimeoutException notYet) {
            return notYet.toString();
        }
    }
}
