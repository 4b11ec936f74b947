package io.tombolo.contract;

import io.tombolo.nodes.NodeProgram;
import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Relays;

import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.protocol.Errors;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A running cluster of three nodes that statements are asked of; used by one test at a time. */
final class Trio {

    private static final int SIZE = 3;
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final Map<String, String> CONFIG =
            Map.of(
                    "auto.create.topics.enable", "false",
                    "auto.leader.rebalance.enable", "false",
                    "broker.heartbeat.interval.ms", "500",
                    "broker.session.timeout.ms", "4000",
                    "delete.topic.enable", "false",
                    "group.initial.rebalance.delay.ms", "0",
                    "offsets.topic.num.partitions", "1",
                    "replica.lag.time.max.ms", "4000",
                    "replica.selector.class",
                            "org.apache.kafka.common.replica.RackAwareReplicaSelector");

    private final Path folder;
    private final Nodes nodes;

    private Trio(Path folder, Nodes nodes) {
        this.folder = folder;
        this.nodes = nodes;
    }

    /** Starts the processes; {@link #awaitWhole} waits until they serve. */
    static Trio launch(NodeProgram program) {
        try {
            Path folder = Files.createTempDirectory("trio-" + program.id());
            int internal = Nodes.freePort();
            var ports = new NodeProgram.Ports(Nodes.freePort(), Nodes.freePort(), internal);
            var wires = Relays.open(SIZE, internal, program.id());
            var config = new TreeMap<>(CONFIG);
            var nodes =
                    new Nodes(program, new NodeProgram.Plan(folder, SIZE, ports, wires, config));
            nodes.start(nodes.all());
            return new Trio(folder, nodes);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** Ends all processes and removes what they wrote; repeatable. */
    void stop() {
        nodes.close();
        nodes.wires().close();
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException left) {
            throw new UncheckedIOException(left);
        }
    }

    @Override
    public String toString() {
        return nodes.program().title();
    }

    Nodes nodes() {
        return nodes;
    }

    RawClient connect(int node) {
        return RawClient.connect(nodes.host(node), nodes.port());
    }

    /** Waits until the answer is there and as wanted; a cluster in trouble is asked again. */
    void await(String wanted, Supplier<Boolean> question) {
        Eventually.eventually(
                this + ": " + wanted,
                () -> {
                    try {
                        return question.get();
                    } catch (KafkaException | IllegalStateException | UncheckedIOException retry) {
                        return false;
                    }
                },
                yes -> yes);
    }

    /** Waits until all nodes are members and all replicas of a topic in sync. */
    void awaitWhole(Topic... topics) {
        await("all nodes are members", () -> nodes.members().equals(nodes.all()));
        await("all nodes answer clients", this::allAnswer);
        for (Topic topic : topics) {
            await(
                    "all replicas of " + topic.name() + " are in sync",
                    () -> {
                        var partition = partition(anyMember(), topic);
                        return partition.isrNodes().size() == partition.replicaNodes().size()
                                && partition.leaderId() > 0;
                    });
        }
    }

    private boolean allAnswer() {
        nodes.all().forEach(node -> connect(node).close());
        return true;
    }

    private int anyMember() {
        return nodes.all().stream().filter(nodes::running).findFirst().orElseThrow();
    }

    /** A topic of one partition with these replicas, the preferred one first; all are in sync. */
    Topic newTopic(List<Integer> replicas, Map<String, String> config) {
        awaitWhole();
        var created = TopicCalls.creatable("trio-" + NAMES.incrementAndGet(), -1, -1, config);
        created.assignments().add(new CreatableReplicaAssignment().setBrokerIds(replicas));
        try (var client = connect(anyMember())) {
            var result = TopicCalls.tryCreate(client, created);
            if (result.errorCode() != Errors.NONE.code()) {
                throw new AssertionError(result.toString());
            }
            var topic = new Topic(created.name(), result.topicId());
            for (int replica : replicas) {
                awaitLeader(replica, topic, Set.of(replicas.getFirst()));
            }
            awaitWhole(topic);
            awaitServed(replicas.getFirst(), topic);
            return topic;
        }
    }

    /** Waits until a node answers for a topic as its leader. */
    void awaitServed(int leader, Topic topic) {
        await(
                "node %d serves %s".formatted(leader, topic.name()),
                () -> {
                    try (var client = connect(leader)) {
                        return FetchCalls.endOffsetError(client, topic.name(), 0) == Errors.NONE;
                    }
                });
    }

    /** Waits until a node names one of these as the leader of a topic. */
    int awaitLeader(int asked, Topic topic, Set<Integer> wanted) {
        await(
                "one of %s leads %s".formatted(wanted, topic.name()),
                () -> wanted.contains(partition(asked, topic).leaderId()));
        return partition(asked, topic).leaderId();
    }

    /** What a node says of the only partition of a topic, its eligible replicas included. */
    DescribeTopicPartitionsResponsePartition partition(int asked, Topic topic) {
        var request =
                new DescribeTopicPartitionsRequestData()
                        .setTopics(List.of(new TopicRequest().setName(topic.name())));
        try (var client = connect(asked)) {
            DescribeTopicPartitionsResponseData answer = client.call(request, 0);
            var described = answer.topics().iterator().next();
            if (described.errorCode() != Errors.NONE.code()) {
                throw new IllegalStateException(described.toString());
            }
            return described.partitions().getFirst();
        }
    }
}
