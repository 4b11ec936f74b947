package io.tombolo.cli.watch;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.shell.CommandFailure;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Looks at the ends of all logs of some regions, with one client per region that stays connected.
 * Mutable; blocking.
 */
final class Watcher implements AutoCloseable {

    private final List<KafkaRegion> regions;
    private final Map<String, Admin> clients = new HashMap<>();
    private List<String> silent = List.of();

    Watcher(List<KafkaRegion> regions) {
        this.regions = regions;
    }

    /** What there is now; a region that does not answer is left out. */
    Movement look() {
        var topics = new TreeMap<Movement.Key, Movement.Topic>();
        var failed = new ArrayList<String>();
        for (KafkaRegion region : regions) {
            try {
                look(region)
                        .forEach((name, topic) ->
                                topics.put(new Movement.Key(region.name(), name), topic));
            } catch (CommandFailure failure) {
                failed.add(region.name());
                close(region.name());
            }
        }
        silent = failed;
        return new Movement(System.nanoTime(), topics);
    }

    /** The regions that did not answer at the last look. */
    List<String> silent() {
        return silent;
    }

    private SortedMap<String, Movement.Topic> look(KafkaRegion region) {
        Admin admin = clients.computeIfAbsent(region.name(), _ -> region.admin());
        var names = region.await(admin.listTopics().names(), region.all("topics"));
        var described =
                region.await(admin.describeTopics(names).allTopicNames(), region.all("topics"));
        var asked = new HashMap<TopicPartition, OffsetSpec>();
        described.forEach((name, topic) ->
                topic.partitions().stream()
                        .filter(one -> one.leader() != null)
                        .forEach(one ->
                                asked.put(
                                        new TopicPartition(name, one.partition()),
                                        OffsetSpec.latest())));
        var ends = region.await(admin.listOffsets(asked).all(), region.all("topics"));
        var sums = new HashMap<String, Long>();
        ends.forEach((partition, end) -> sums.merge(partition.topic(), end.offset(), Long::sum));
        var topics = new TreeMap<String, Movement.Topic>();
        described.forEach((name, topic) ->
                topics.put(
                        name,
                        new Movement.Topic(
                                topic.partitions().size(), sums.getOrDefault(name, 0L))));
        return topics;
    }

    private void close(String region) {
        Admin client = clients.remove(region);
        if (client != null) {
            client.close();
        }
    }

    @Override
    public void close() {
        List.copyOf(clients.keySet()).forEach(this::close);
    }
}
