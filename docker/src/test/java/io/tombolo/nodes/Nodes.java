package io.tombolo.nodes;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A running cluster, node n of it a process; used by one thread at a time. */
public final class Nodes implements AutoCloseable {

    private static final int CALL_SECONDS_MAX = 30;

    private final NodeProgram program;
    private final NodeProgram.Plan plan;
    private final Map<Integer, NodeProcess> processes = new TreeMap<>();
    private final Set<Integer> paused = new TreeSet<>();
    private final Admin admin;

    /** What an administrator asks or orders. */
    @FunctionalInterface
    public interface Task<T> {
        KafkaFuture<T> on(Admin admin);
    }

    /** Prepares a cluster; nothing runs yet. */
    public Nodes(NodeProgram program, NodeProgram.Plan plan) {
        this.program = program;
        this.plan = plan;
        try {
            for (int node : processes()) {
                if (!Files.exists(plan.home(node))) {
                    program.prepare(plan, node);
                }
            }
            Files.createDirectories(plan.folder());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
        admin =
                Admin.create(
                        Map.of(
                                "bootstrap.servers", bootstrap(),
                                "request.timeout.ms", 2_000,
                                "default.api.timeout.ms", 20_000,
                                "metadata.max.age.ms", 1_000,
                                "reconnect.backoff.max.ms", 200,
                                "socket.connection.setup.timeout.ms", 1_500));
    }

    /** A port of 127.0.0.1 that nobody else uses while these tests run. */
    public static int freePort() {
        return FreePorts.claim(1);
    }

    public NodeProgram program() {
        return program;
    }

    public Wires wires() {
        return plan.wires();
    }

    /** All nodes, those that serve nobody included. */
    public Set<Integer> processes() {
        var everyone = new TreeSet<>(all());
        everyone.addAll(program.controllers(plan));
        return everyone;
    }

    /** The machine that a node is on, as the wires number them. */
    public int machine(int node) {
        return program.machine(node);
    }

    /** The nodes that serve clients. */
    public Set<Integer> all() {
        return IntStream.rangeClosed(1, plan.size())
                .boxed()
                .collect(Collectors.toCollection(TreeSet::new));
    }

    public void start(int node) {
        if (running(node)) {
            throw new IllegalStateException("node " + node + " runs already");
        }
        Path output = plan.home(node).resolve("node.out");
        processes.put(node, NodeProcess.start(program.command(plan, node), output));
    }

    /** Side by side: none of them serves before there is a controller. */
    public void start(Collection<Integer> nodes) {
        nodes.forEach(this::start);
    }

    public boolean running(int node) {
        NodeProcess process = processes.get(node);
        return process != null && process.alive();
    }

    /** SIGKILL, of a node that may be paused. */
    public void kill(int node) {
        paused.remove(node);
        remove(node).close();
    }

    /** SIGTERM; returns the exit code. */
    public int terminate(int node) {
        resume(node);
        try (var process = remove(node)) {
            return process.terminate();
        }
    }

    private NodeProcess remove(int node) {
        NodeProcess process = processes.remove(node);
        if (process == null) {
            throw new IllegalStateException("node " + node + " does not run");
        }
        return process;
    }

    public void pause(int node) {
        processes.get(node).pause();
        paused.add(node);
    }

    public void resume(int node) {
        if (paused.remove(node)) {
            processes.get(node).resume();
        }
    }

    /** Whatever has been done to the nodes and the wires is undone. */
    public void restore() {
        wires().heal();
        Set.copyOf(paused).forEach(this::resume);
        for (int node : processes()) {
            if (!running(node)) {
                NodeProcess dead = processes.remove(node);
                if (dead != null) {
                    throw new AssertionError(
                            "node %d ended by itself: %s".formatted(node, dead.lastOutput()));
                }
                start(node);
            }
        }
    }

    public String bootstrap() {
        return all().stream().map(plan::address).collect(Collectors.joining(","));
    }

    public String host(int node) {
        return plan.wires().host(node);
    }

    public int port() {
        return plan.ports().kafka();
    }

    public Path data(int node) {
        return program.data(plan, node);
    }

    public String lastOutput(int node) {
        NodeProcess process = processes.get(node);
        return process == null ? "not running" : process.lastOutput();
    }

    /** Carries out one task of an administrator; a refusal is thrown as the client names it. */
    public <T> T ask(Task<T> task) {
        try {
            return task.on(admin).get(CALL_SECONDS_MAX, TimeUnit.SECONDS);
        } catch (ExecutionException refused) {
            if (refused.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(refused.getCause());
        } catch (InterruptedException | TimeoutException late) {
            throw new IllegalStateException(late);
        }
    }

    /** The nodes that take part, as the cluster itself sees it. */
    public Set<Integer> members() {
        return ask(admin -> admin.describeCluster().nodes()).stream()
                .map(Node::id)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** The active controller, which is the leader of the metadata quorum. */
    public int controller() {
        QuorumInfo quorum = ask(admin -> admin.describeMetadataQuorum().quorumInfo());
        return quorum.leaderId();
    }

    @Override
    public void close() {
        admin.close();
        Set.copyOf(processes.keySet()).forEach(this::kill);
    }
}
