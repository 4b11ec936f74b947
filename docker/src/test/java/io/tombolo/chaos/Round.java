package io.tombolo.chaos;

import io.tombolo.nodes.Nodes;

import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One topic, its clients, and the faults that happen while they are at work. When the faults are
 * over, everybody must get on by themselves; then what was seen is judged.
 */
final class Round {

    private static final int PARTITIONS = 3;
    private static final int WRITERS = 2;
    private static final int MEMBERS = 2;
    private static final long WARM_RECORDS = 300;

    private final Nodes nodes;
    private final String topic;
    private final Recorder recorder = new Recorder();
    private final Tormentor tormentor;
    private final List<Member> members = new ArrayList<>();

    Round(Nodes nodes, String topic) {
        this.nodes = nodes;
        this.topic = topic;
        tormentor = new Tormentor(nodes, topic);
    }

    /** Plays the faults and returns what is wrong; throws when a client or a node gave up. */
    List<Anomaly> play(List<Fault> faults) {
        nodes.ask(admin ->
                admin.createTopics(
                                List.of(
                                        new NewTopic(
                                                        topic,
                                                        Optional.of(PARTITIONS),
                                                        Optional.of((short) 3))
                                                .configs(Map.of("min.insync.replicas", "2"))))
                        .all());
        tormentor.awaitWell();
        var watcher = new Reader("watcher", nodes.bootstrap(), topic, PARTITIONS, true);
        var writers = new ArrayList<Client>();
        var readers = new ArrayList<Client>();
        try {
            startWriters(writers);
            startReaders(readers, watcher);
            awaitAcknowledged(WARM_RECORDS);
            for (Fault fault : faults) {
                recorder.longestGapMs();
                tormentor.carryOut(fault);
                System.out.printf(
                        "%s: %s: longest time without an acknowledgement %d ms%n",
                        topic, fault, recorder.longestGapMs());
            }
            tormentor.awaitWell();
            awaitAcknowledged(recorder.acknowledged() + WARM_RECORDS);
            writers.forEach(Client::close);
            awaitAllRead(watcher);
        } finally {
            writers.forEach(Client::close);
            readers.forEach(Client::close);
        }
        return judge();
    }

    private void startWriters(List<Client> writers) {
        for (int number = 0; number < WRITERS; number++) {
            String name = topic + "-w" + number;
            var writer = new Writer(name, nodes.bootstrap(), topic, PARTITIONS, Map.of(), recorder);
            writers.add(Client.start(name, recorder, writer::run));
        }
    }

    private void startReaders(List<Client> readers, Reader watcher) {
        readers.add(Client.start("watcher", recorder, stop -> watcher.run(stop, recorder)));
        for (int number = 0; number < MEMBERS; number++) {
            var member = new Member("member-" + number, nodes.bootstrap(), topic, recorder);
            members.add(member);
            readers.add(Client.start("member-" + number, recorder, member::run));
        }
    }

    private void awaitAcknowledged(long wanted) {
        tormentor.await(
                wanted + " records are acknowledged",
                () -> {
                    assertNobodyDied();
                    return recorder.acknowledged() >= wanted ? true : null;
                });
    }

    /** Readers and group reach the end by themselves. */
    private void awaitAllRead(Reader watcher) {
        var ends = new Reader("ends", nodes.bootstrap(), topic, PARTITIONS, true).whole();
        long total = ends.values().stream().mapToLong(List::size).sum();
        tormentor.await(
                "the watcher has read %d records".formatted(total),
                () -> {
                    assertNobodyDied();
                    return watcher.count() >= total ? true : null;
                });
        tormentor.await(
                "the group has committed the end of " + topic,
                () -> {
                    assertNobodyDied();
                    Map<Integer, Long> committed = committed();
                    boolean all =
                            ends.entrySet().stream()
                                    .allMatch(each ->
                                            each.getValue().isEmpty()
                                                    || committed.getOrDefault(each.getKey(), -1L)
                                                            > each.getValue().getLast().offset());
                    return all ? true : null;
                });
    }

    private Map<Integer, Long> committed() {
        long begun = recorder.tick();
        Map<TopicPartition, OffsetAndMetadata> offsets =
                nodes.ask(admin ->
                        admin.listConsumerGroupOffsets(Member.groupOf(topic))
                                .partitionsToOffsetAndMetadata());
        long ended = recorder.tick();
        var found = new java.util.TreeMap<Integer, Long>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            OffsetAndMetadata offset = offsets.get(new TopicPartition(topic, partition));
            found.put(partition, offset == null ? -1 : offset.offset());
        }
        found.forEach((partition, offset) ->
                recorder.add(
                        new GroupStep(GroupStep.Kind.LOOKUP, partition, offset, begun, ended)));
        return found;
    }

    private void assertNobodyDied() {
        recorder.deaths()
                .forEach(cause -> {
                    throw new AssertionError("a client gave up", cause);
                });
    }

    private List<Anomaly> judge() {
        assertNobodyDied();
        var last = new Reader("last", nodes.bootstrap(), topic, PARTITIONS, true);
        List<Anomaly> anomalies = Checker.check(recorder.history(last.whole()));
        System.out.printf(
                "%s: %d acknowledged, %d not answered, %d anomalies%n",
                topic, recorder.acknowledged(), recorder.unanswered(), anomalies.size());
        return anomalies;
    }
}
