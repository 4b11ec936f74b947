package io.tombolo.chaos;

import io.tombolo.nodes.Nodes;
import io.tombolo.nodes.Wires;

import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Carries out faults on the nodes that hold a topic. */
final class Tormentor {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long PAUSE_NANOS = Duration.ofMillis(100).toNanos();
    private static final int FLAP_MS = 400;

    private final Nodes nodes;
    private final String topic;

    Tormentor(Nodes nodes, String topic) {
        this.nodes = nodes;
        this.topic = topic;
    }

    /**
     * Does it, holds it, undoes it and, unless the next one may overlap, waits until all is well.
     */
    void carryOut(Fault fault) {
        int node = resolve(fault.target());
        int machine = nodes.machine(node);
        switch (fault.kind()) {
            case KILL -> nodes.kill(node);
            case STOP -> nodes.terminate(node);
            case PAUSE -> nodes.pause(node);
            case KILL_ALL -> nodes.processes().stream().filter(nodes::running).forEach(nodes::kill);
            case ROLL -> nodes.processes().forEach(this::restart);
            case ISOLATE -> isolate(machine);
            case MUTE -> others(machine).forEach(other -> nodes.wires().cut(machine, other));
            case DEAFEN -> others(machine).forEach(other -> nodes.wires().cut(other, machine));
            case BRIDGE -> cutBoth(machine, others(machine).getFirst());
            case FLAP -> flap(machine, fault.heldMs());
            case BLACKOUT -> {
                isolate(machine);
                cutBoth(machine, Wires.CLIENTS);
            }
        }
        hold(fault.heldMs());
        nodes.restore();
        if (!fault.overlapping()) {
            awaitWell();
        }
    }

    private void restart(int node) {
        if (nodes.running(node)) {
            nodes.terminate(node);
        }
        nodes.start(node);
        awaitWell();
    }

    private void isolate(int node) {
        others(node).forEach(other -> cutBoth(node, other));
    }

    private void cutBoth(int one, int other) {
        nodes.wires().cut(one, other);
        nodes.wires().cut(other, one);
    }

    private void flap(int node, int forMs) {
        for (int spent = 0; spent < forMs; spent += 2 * FLAP_MS) {
            isolate(node);
            hold(FLAP_MS);
            nodes.wires().heal();
            hold(FLAP_MS);
        }
    }

    private List<Integer> others(int node) {
        return nodes.all().stream().filter(each -> each != node).toList();
    }

    private static void hold(int forMs) {
        LockSupport.parkNanos(Duration.ofMillis(forMs).toNanos());
    }

    /** The node that a target is at this moment; it may be one that nobody reaches. */
    private int resolve(Fault.Target target) {
        return await(
                "there is a " + target,
                () -> {
                    int node = now(target);
                    return node > 0 && nodes.running(node) ? node : null;
                });
    }

    private int now(Fault.Target target) {
        return switch (target) {
            case LEADER -> leader(0);
            case CONTROLLER -> nodes.controller();
            case FOLLOWER ->
                    partitions().getFirst().replicas().stream()
                            .map(Node::id)
                            .filter(id -> id != leader(0))
                            .findFirst()
                            .orElse(-1);
        };
    }

    /** Who leads a partition; −1 for nobody. */
    int leader(int partition) {
        Node leader = partitions().get(partition).leader();
        return leader == null ? -1 : leader.id();
    }

    /** The first replica of a partition that does not lead it; −1 for none. */
    int follower(int partition) {
        TopicPartitionInfo described = partitions().get(partition);
        return described.replicas().stream()
                .map(Node::id)
                .filter(id -> described.leader() == null || id != described.leader().id())
                .findFirst()
                .orElse(-1);
    }

    /** The replicas of a partition that are in sync. */
    List<Integer> inSync(int partition) {
        return partitions().get(partition).isr().stream().map(Node::id).toList();
    }

    private List<TopicPartitionInfo> partitions() {
        return describe(topic).partitions();
    }

    private TopicDescription describe(String name) {
        return nodes.ask(admin -> admin.describeTopics(List.of(name)).allTopicNames()).get(name);
    }

    /** Waits until all nodes are members and all replicas of all topics in sync. */
    void awaitWell() {
        await(
                "all is well",
                () -> {
                    if (!nodes.members().equals(nodes.all())) {
                        return null;
                    }
                    var names = nodes.ask(admin -> admin.listTopics(listAll()).names());
                    Map<String, TopicDescription> topics =
                            nodes.ask(admin -> admin.describeTopics(names).allTopicNames());
                    for (var each : topics.values()) {
                        for (var partition : each.partitions()) {
                            if (partition.leader() == null
                                    || partition.isr().size() < partition.replicas().size()) {
                                return null;
                            }
                        }
                    }
                    return true;
                });
    }

    private static org.apache.kafka.clients.admin.ListTopicsOptions listAll() {
        return new org.apache.kafka.clients.admin.ListTopicsOptions().listInternal(true);
    }

    /** Asks until there is an answer; on giving up, says what the nodes have printed. */
    <T> T await(String wanted, Callable<T> question) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        var reasons = new ArrayList<String>();
        while (System.nanoTime() < deadline) {
            try {
                T answer = question.call();
                if (answer != null) {
                    return answer;
                }
            } catch (KafkaException | IllegalStateException notNow) {
                reasons.add(notNow.toString());
            } catch (Exception broken) {
                throw new IllegalStateException(broken);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        String last = reasons.isEmpty() ? "" : reasons.getLast();
        throw new AssertionError("not in time: " + wanted + ". " + last + state());
    }

    private String state() {
        var text = new StringBuilder();
        try {
            text.append("\nmembers ").append(nodes.members());
            text.append("\n").append(describe(topic));
        } catch (RuntimeException unknown) {
            text.append("\nunknown: ").append(unknown);
        }
        nodes.all()
                .forEach(node ->
                        text.append("\nnode %d: %s".formatted(node, nodes.lastOutput(node))));
        return text.toString();
    }
}
