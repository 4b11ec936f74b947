import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;

/**
 * Official consumers that join a group at once: the time until all partitions have found a reader
 * for good, and, with {@code kill=1}, the time from the SIGKILL of one of them, in a process of its
 * own, until the others have its partitions.
 */
final class GroupStart {
    private static final int SESSION_MS = 6_000;
    private static final int HEARTBEAT_MS = 1_000;

    private final Load.Options options;
    private final String group;
    private final int partitions;
    private final List<Reader> readers = new ArrayList<>();

    private GroupStart(Load.Options options) {
        this.options = options;
        this.group = options.text("group", "group");
        this.partitions = options.integer("partitions", 60);
    }

    /** One consumer, with a thread of its own. */
    private static final class Reader {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private volatile Set<TopicPartition> share = Set.of();

        Reader(Load.Options options) {
            consumer = consumer(options);
            consumer.subscribe(List.of(options.topic()));
            Thread.ofPlatform()
                    .daemon()
                    .start(() -> {
                        while (true) {
                            consumer.poll(Duration.ofMillis(10));
                            share = new HashSet<>(consumer.assignment());
                        }
                    });
        }
    }

    static void run(Load.Options options) throws Exception {
        new GroupStart(options).measure();
    }

    /** The consumer that is killed. */
    static void member(Load.Options options) {
        try (var consumer = consumer(options)) {
            consumer.subscribe(List.of(options.topic()));
            while (true) {
                consumer.poll(Duration.ofMillis(10));
            }
        }
    }

    private static KafkaConsumer<byte[], byte[]> consumer(Load.Options options) {
        String protocol = options.text("protocol", "classic");
        var properties = new Properties();
        properties.put("bootstrap.servers", options.bootstrap());
        properties.put("group.id", options.text("group", "group"));
        properties.put("group.protocol", protocol);
        properties.put("enable.auto.commit", "false");
        properties.put("auto.offset.reset", "earliest");
        if (protocol.equals("classic")) {
            properties.put("session.timeout.ms", Integer.toString(SESSION_MS));
            properties.put("heartbeat.interval.ms", Integer.toString(HEARTBEAT_MS));
        }
        return new KafkaConsumer<>(
                properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void measure() throws Exception {
        boolean kills = options.integer("kill", 0) == 1;
        try (Admin admin = Clients.admin(options.bootstrap())) {
            Topics.create(admin, options.topic(), partitions, 1);
            configure(admin);
        }
        int consumers = options.integer("consumers", 20);
        Process victim = kills ? spawn() : null;
        long startNanos = System.nanoTime();
        for (int index = kills ? 1 : 0; index < consumers; index++) {
            readers.add(new Reader(options));
        }
        int kept = partitions * readers.size() / consumers;
        long stableNanos = awaitStable(startNanos, kept);
        var result = new Load.Result().add("consumers", consumers);
        if (victim == null) {
            result.add("stable_ms", (stableNanos - startNanos) / 1e6);
        } else {
            long killedNanos = System.nanoTime();
            victim.destroyForcibly().waitFor();
            result.add("taken_over_ms", (awaitStable(killedNanos, partitions) - killedNanos) / 1e6);
        }
        result.add("ok", true).print();
    }

    /** The consumer protocol has its times from the group. */
    private void configure(Admin admin) throws Exception {
        var configs =
                Map.of(
                        "consumer.session.timeout.ms", SESSION_MS,
                        "consumer.heartbeat.interval.ms", HEARTBEAT_MS);
        var changes =
                configs.entrySet().stream()
                        .map(each ->
                                new AlterConfigOp(
                                        new ConfigEntry(
                                                each.getKey(), Integer.toString(each.getValue())),
                                        AlterConfigOp.OpType.SET))
                        .toList();
        var resource = new ConfigResource(ConfigResource.Type.GROUP, group);
        admin.incrementalAlterConfigs(Map.of(resource, changes)).all().get();
    }

    private Process spawn() throws Exception {
        var command = new ArrayList<String>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "Load", "member"));
        options.values().forEach((key, value) -> command.add(key + "=" + value));
        Process member =
                new ProcessBuilder(command)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(member::destroyForcibly));
        return member;
    }

    /**
     * The moment from which on, for two seconds, these readers had so many partitions, each one of
     * them, and nothing changed hands.
     */
    private long awaitStable(long sinceNanos, int wanted) {
        long deadline = sinceNanos + 120_000_000_000L;
        List<Set<TopicPartition>> last = List.of();
        long changedNanos = sinceNanos;
        while (System.nanoTime() < deadline) {
            List<Set<TopicPartition>> now = readers.stream().map(reader -> reader.share).toList();
            if (!now.equals(last)) {
                last = now;
                changedNanos = System.nanoTime();
            }
            var all = new HashSet<TopicPartition>();
            now.forEach(all::addAll);
            int sum = now.stream().mapToInt(Set::size).sum();
            boolean shared = sum == wanted && all.size() == wanted;
            if (shared
                    && now.stream().noneMatch(Set::isEmpty)
                    && System.nanoTime() - changedNanos > 2_000_000_000L) {
                return changedNanos;
            }
            Window.sleepMs(1);
        }
        throw new IllegalStateException("not stable: " + last);
    }
}
