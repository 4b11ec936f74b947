package io.tombolo.broker.drain;

import io.tombolo.metadata.image.ConfigsImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.replication.quota.ThrottledReplicas;

import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What holds up the copies that empty a broker while none of them is stuck: throttles in force,
 * brokers that take nothing, copies that are complete and do not come in sync. Mutable, owned by
 * the loop of its desk: what stands still is known from looking twice.
 */
final class Holdups {

    /** Who stands for so long is named. */
    static final long STANDING_NANOS = Duration.ofSeconds(8).toNanos();

    /** Reasons told at once. */
    static final int REASONS_MAX = 5;

    private final Map<Integer, Standing> targets = new TreeMap<>();
    private final Map<TopicPartition, Long> completeSince = new TreeMap<>(Holdups::byName);

    /** How much a broker has copied, and since when no more. */
    private record Standing(long bytes, long sinceNanos) {}

    /** A copy that is being made. */
    private record Copy(TopicPartition name, int from, int to) {}

    /**
     * What there is to say now.
     *
     * @param sizes of the logs on the broker that is being emptied and on those that copy, as far
     *     as these answered
     */
    List<String> seen(
            int leaving,
            MetadataImage image,
            Map<Integer, Map<TopicPartition, Long>> sizes,
            long nowNanos) {
        List<Copy> copies = copies(leaving, image);
        var reasons = new ArrayList<>(throttles(copies, image.configs()));
        Map<Integer, Long> copied = new TreeMap<>();
        Map<Integer, Long> missing = new TreeMap<>();
        Map<TopicPartition, Copy> complete = new TreeMap<>(Holdups::byName);
        for (Copy copy : copies) {
            long whole = sizes.getOrDefault(leaving, Map.of()).getOrDefault(copy.name, 0L);
            long there = sizes.getOrDefault(copy.to, Map.of()).getOrDefault(copy.name, 0L);
            copied.merge(copy.to, there, Long::sum);
            missing.merge(copy.to, Math.max(0, whole - there), Long::sum);
            if (there >= whole && sizes.containsKey(copy.to)) {
                complete.put(copy.name, copy);
            }
        }
        reasons.addAll(standing(copied, missing, sizes, nowNanos));
        reasons.addAll(notInSync(complete, nowNanos));
        return List.copyOf(reasons.subList(0, Math.min(reasons.size(), REASONS_MAX)));
    }

    private static List<Copy> copies(int leaving, MetadataImage image) {
        var copies = new ArrayList<Copy>();
        for (PartitionId id : image.topics().reassigning().ids()) {
            PartitionRegistration partition = image.topics().partition(id).orElseThrow();
            if (!partition.removing().has(leaving)) {
                continue;
            }
            String topic = image.topics().topic(id.topicId()).orElseThrow().name();
            for (int added : partition.adding().asList()) {
                if (!partition.isr().has(added)) {
                    var name = new TopicPartition(topic, id.index());
                    copies.add(new Copy(name, partition.leader(), added));
                }
            }
        }
        return copies;
    }

    private static List<String> throttles(List<Copy> copies, ConfigsImage configs) {
        var reasons = new TreeSet<String>();
        for (Copy copy : copies) {
            throttle("leader", "gives", copy.from, copy.name, configs).ifPresent(reasons::add);
            throttle("follower", "takes", copy.to, copy.name, configs).ifPresent(reasons::add);
        }
        return List.copyOf(reasons);
    }

    private static Optional<String> throttle(
            String side, String verb, int broker, TopicPartition name, ConfigsImage configs) {
        String rate = side + ".replication.throttled.rate";
        String replicas = side + ".replication.throttled.replicas";
        boolean throttled =
                configs.value(ConfigResource.topic(name.topic()), replicas)
                        .map(text -> ThrottledReplicas.of(Map.of(name.topic(), text), broker))
                        .filter(those -> those.has(name))
                        .isPresent();
        return configs.value(ConfigResource.broker(broker), rate)
                .or(() -> configs.value(ConfigResource.allBrokers(), rate))
                .filter(_ -> throttled)
                .map(bytes ->
                        "broker %d %s at most %s bytes/s of them (%s)"
                                .formatted(broker, verb, bytes, rate));
    }

    private List<String> standing(
            Map<Integer, Long> copied,
            Map<Integer, Long> missing,
            Map<Integer, Map<TopicPartition, Long>> sizes,
            long nowNanos) {
        targets.keySet().retainAll(copied.keySet());
        var reasons = new ArrayList<String>();
        copied.forEach((broker, bytes) -> {
            boolean told = sizes.containsKey(broker);
            Standing before = targets.get(broker);
            if (before == null || told && bytes != before.bytes) {
                targets.put(broker, new Standing(bytes, nowNanos));
                return;
            }
            long forNanos = nowNanos - before.sinceNanos;
            if (forNanos >= STANDING_NANOS && (!told || missing.getOrDefault(broker, 0L) > 0)) {
                reasons.add(
                        (told
                                        ? "broker %d has copied nothing for %d s"
                                        : "broker %d has not told how much it has for %d s")
                                .formatted(broker, Duration.ofNanos(forNanos).toSeconds()));
            }
        });
        return reasons;
    }

    private List<String> notInSync(Map<TopicPartition, Copy> complete, long nowNanos) {
        completeSince.keySet().retainAll(complete.keySet());
        var reasons = new ArrayList<String>();
        complete.forEach((name, copy) -> {
            long sinceNanos = completeSince.computeIfAbsent(name, _ -> nowNanos);
            if (nowNanos - sinceNanos >= STANDING_NANOS) {
                reasons.add(
                        "%s is copied, and broker %d is not in sync with its leader %d"
                                .formatted(name, copy.to, copy.from));
            }
        });
        return reasons;
    }

    private static int byName(TopicPartition one, TopicPartition other) {
        int byTopic = one.topic().compareTo(other.topic());
        return byTopic != 0 ? byTopic : Integer.compare(one.partition(), other.partition());
    }
}
