import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The time from the loss of a coordinator until the next one answers for a group, with many
 * positions committed on the one partition of the offsets topic that these groups share.
 */
final class CoordinatorLoss {
    private static final int PER_GROUP = 100;
    private static final int AT_ONCE = 50;

    private CoordinatorLoss() {}

    static void run(Load.Options options) throws Exception {
        int wanted = options.integer("offsets", 100_000);
        try (Admin admin = Clients.admin(options.bootstrap())) {
            boolean kills = options.integer("kill", 1) == 1;
            Topics.create(admin, options.topic(), PER_GROUP, kills ? 3 : 1);
            Map<TopicPartition, OffsetAndMetadata> positions = new HashMap<>();
            for (int partition = 0; partition < PER_GROUP; partition++) {
                positions.put(
                        new TopicPartition(options.topic(), partition), new OffsetAndMetadata(42));
            }
            List<String> groups = groups(Math.max(1, wanted / PER_GROUP));
            commit(admin, groups, positions);
            int coordinator =
                    admin.describeConsumerGroups(List.of(groups.getFirst()))
                            .all()
                            .get()
                            .get(groups.getFirst())
                            .coordinator()
                            .id();
            if (kills) {
                Window.mark("disturb " + coordinator);
                Window.awaitDriver();
            }
            long startNanos = System.nanoTime();
            long found = count(admin, groups.getLast());
            double answeredMs = (System.nanoTime() - startNanos) / 1e6;
            for (String group : groups.subList(0, groups.size() - 1)) {
                found += count(admin, group);
            }
            new Load.Result()
                    .add("first_answer_ms", answeredMs)
                    .add("offsets", found)
                    .add("ok", found == (long) groups.size() * PER_GROUP)
                    .print();
        }
    }

    /** Names that Kafka's hash puts on the same of the 50 partitions. */
    private static List<String> groups(int count) {
        var groups = new ArrayList<String>();
        for (int number = 0; groups.size() < count; number++) {
            String name = "lost-" + number;
            if ((name.hashCode() & 0x7fffffff) % 50 == 7) {
                groups.add(name);
            }
        }
        return groups;
    }

    private static void commit(
            Admin admin, List<String> groups, Map<TopicPartition, OffsetAndMetadata> positions)
            throws Exception {
        for (int from = 0; from < groups.size(); from += AT_ONCE) {
            var committing = new ArrayList<KafkaFuture<Void>>();
            for (String group : groups.subList(from, Math.min(groups.size(), from + AT_ONCE))) {
                committing.add(admin.alterConsumerGroupOffsets(group, positions).all());
            }
            KafkaFuture.allOf(committing.toArray(KafkaFuture<?>[]::new)).get();
        }
    }

    private static long count(Admin admin, String group) throws Exception {
        return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get().size();
    }
}
