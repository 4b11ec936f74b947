import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.errors.TopicExistsException;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/**
 * Creates topics and waits until each partition has a leader. Three replicas want two of them in
 * sync.
 */
final class Topics {

    private Topics() {}

    static void create(Load.Options options) throws Exception {
        int partitions = options.integer("partitions", 1);
        try (Admin admin = Clients.admin(options.bootstrap())) {
            create(admin, options.topic(), partitions, options.integer("replicas", 1));
        }
        new Load.Result().add("ok", true).print();
    }

    static TopicDescription create(Admin admin, String name, int partitions, int replicas)
            throws Exception {
        var topic = new NewTopic(name, partitions, (short) replicas);
        if (replicas > 2) {
            topic.configs(Map.of("min.insync.replicas", "2"));
        }
        try {
            admin.createTopics(List.of(topic)).all().get();
        } catch (ExecutionException failure) {
            if (!(failure.getCause() instanceof TopicExistsException)) {
                throw failure;
            }
        }
        return awaitLeaders(admin, name, partitions);
    }

    private static TopicDescription awaitLeaders(Admin admin, String topic, int partitions)
            throws Exception {
        long deadline = System.nanoTime() + 60_000_000_000L;
        while (System.nanoTime() < deadline) {
            try {
                TopicDescription found =
                        admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                var described = found.partitions();
                if (described.size() == partitions
                        && described.stream().allMatch(partition -> partition.leader() != null)) {
                    return found;
                }
            } catch (ExecutionException notYet) {
                // the metadata has not reached this broker; ask again
            }
            Window.sleepMs(50);
        }
        throw new IllegalStateException("no leaders for " + topic);
    }
}
