package io.tombolo.environment.simulated;

import io.tombolo.environment.Connection;
import io.tombolo.environment.ConnectionHandler;
import io.tombolo.environment.Endpoint;
import io.tombolo.environment.FrameLimits;
import io.tombolo.environment.Network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What lies between the nodes: latency, cuts and resets. Within one connection bytes keep their
 * order and none is lost or doubled, as TCP promises; a cut holds them back until it heals, a reset
 * loses what was under way.
 */
public final class SimulatedNetwork {

    private static final long CONNECT_NANOS_MAX = Duration.ofSeconds(10).toNanos();
    private static final long CONNECT_RETRY_NANOS = Duration.ofSeconds(1).toNanos();
    private static final int FIRST_FREE_PORT = 40_000;
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "::1");
    private static final Set<String> WILDCARD = Set.of("0.0.0.0", "::");
    private static final Latency LOCAL =
            Latency.between(Duration.ofNanos(5_000), Duration.ofNanos(50_000));

    private final Simulator simulator;
    private final Map<Long, SimulatedConnection> connections = new LinkedHashMap<>();
    private final Map<Endpoint, SimulatedListener> listeners = new LinkedHashMap<>();
    private final Map<Way, Latency> latencies = new HashMap<>();
    private final Set<Way> cuts = new HashSet<>();
    private Latency latency =
            new Latency(
                    Duration.ofNanos(100_000), Duration.ofMillis(1), 0.01, Duration.ofMillis(20));
    private long nextConnectionId = 1;
    private int nextPort = FIRST_FREE_PORT;

    SimulatedNetwork(Simulator simulator) {
        this.simulator = simulator;
    }

    private record Way(String from, String to) {}

    /** How long a packet takes between nodes from now on, unless their way has its own latency. */
    public void latency(Latency newLatency) {
        latency = newLatency;
    }

    /** How long a packet takes from one host to another. */
    public void latency(String from, String to, Latency newLatency) {
        latencies.put(new Way(from, to), newLatency);
    }

    /** Nothing arrives any more from one host at the other; what is under way waits. */
    public void cut(String from, String to) {
        cuts.add(new Way(from, to));
    }

    /** Cuts both ways. */
    public void cutBothWays(String one, String other) {
        cut(one, other);
        cut(other, one);
    }

    /** Cuts a host off from all others, both ways. */
    public void isolate(String host) {
        for (SimulatedNode node : simulator.nodes()) {
            if (!node.host().equals(host)) {
                cutBothWays(host, node.host());
            }
        }
    }

    /** Ends a cut; what waited arrives now, in its order. */
    public void heal(String from, String to) {
        cuts.remove(new Way(from, to));
        pumpAll();
    }

    /** Ends all cuts. */
    public void healAll() {
        cuts.clear();
        pumpAll();
    }

    /**
     * Breaks every connection between two hosts; both ends hear of it, what was under way is lost.
     */
    public void reset(String one, String other) {
        for (SimulatedConnection connection : snapshot()) {
            Wire out = connection.out();
            if (out != null && joins(out, one, other)) {
                out.clear();
                connection.breakOff("connection reset");
            }
        }
    }

    private static boolean joins(Wire wire, String one, String other) {
        return (wire.fromHost().equals(one) && wire.toHost().equals(other))
                || (wire.fromHost().equals(other) && wire.toHost().equals(one));
    }

    /** Holds up everything under way from one host to another for some more time. */
    public void delay(String from, String to, Duration time) {
        for (SimulatedConnection connection : snapshot()) {
            Wire out = connection.out();
            if (out != null && out.fromHost().equals(from) && out.toHost().equals(to)) {
                out.delay(time.toNanos());
            }
        }
    }

    /**
     * Packets from one host to another take any time up to {@code max} from now on, so that what
     * goes over two connections overtakes itself.
     */
    public void jitter(String from, String to, Duration max) {
        latency(from, to, Latency.between(Duration.ZERO, max));
    }

    /** Packets from one host to another take their usual time again. */
    public void calm(String from, String to) {
        latencies.remove(new Way(from, to));
    }

    /**
     * What one host has sent to the other is lost, and the other sees its connections break; what
     * it had sent itself still arrives. So a request is carried out and nobody hears of it: its
     * sender asks again, which is how a message is doubled over TCP.
     */
    public void loseAnswers(String from, String to) {
        for (SimulatedConnection connection : snapshot()) {
            Wire out = connection.out();
            if (out != null && out.fromHost().equals(to) && out.toHost().equals(from)) {
                connection.hangUp("the connection broke");
            }
        }
    }

    /** Open connection ends of the running process of a host. */
    public int connectionCount(String host) {
        return (int)
                connections.values().stream()
                        .filter(connection -> connection.host().equals(host) && !connection.gone())
                        .count();
    }

    Network.Listener listen(
            SimulatedProcess process,
            Endpoint bind,
            FrameLimits limits,
            Function<Connection, ConnectionHandler> acceptor) {
        String host = process.node().host();
        int port = bind.port() == 0 ? nextPort++ : bind.port();
        var key = new Endpoint(host, port);
        if (listeners.containsKey(key)) {
            throw new UncheckedIOException(new IOException(bind + ": Address already in use"));
        }
        String shown = WILDCARD.contains(bind.host()) ? host : bind.host();
        var listener =
                new SimulatedListener(this, process, new Endpoint(shown, port), limits, acceptor);
        listeners.put(key, listener);
        return listener;
    }

    void stopListening(SimulatedListener listener) {
        listeners.values().remove(listener);
    }

    void connect(
            SimulatedProcess process,
            SimulatedLoop loop,
            Endpoint remote,
            FrameLimits limits,
            ConnectionHandler handler) {
        String host = process.node().host();
        var local = new Endpoint(host, nextPort++);
        var end = new SimulatedConnection(nextConnectionId++, this, loop, local, remote, limits);
        end.handledBy(handler);
        connections.put(end.id(), end);
        attempt(end, LOOPBACK.contains(remote.host()) ? host : remote.host(), simulator.nowNanos());
    }

    private void attempt(SimulatedConnection end, String target, long beganNanos) {
        long delay = drawLatencyNanos(end.host(), target);
        Runnable arrive = () -> arriveAt(end, target, beganNanos);
        simulator.plan(
                simulator.nowNanos() + delay, new SimulatedEvent("connect", null, null, arrive));
    }

    private void arriveAt(SimulatedConnection end, String target, long beganNanos) {
        if (end.gone()) {
            return;
        }
        if (simulator.find(target).isEmpty()) {
            end.unreachable("unknown host");
        } else if (!isUp(target) || isCut(end.host(), target) || isCut(target, end.host())) {
            tryAgain(end, target, beganNanos);
        } else {
            SimulatedListener listener = listeners.get(new Endpoint(target, end.remote().port()));
            if (listener == null) {
                end.unreachable("Connection refused");
            } else {
                accept(end, listener);
            }
        }
    }

    private void tryAgain(SimulatedConnection end, String target, long beganNanos) {
        if (simulator.nowNanos() - beganNanos >= CONNECT_NANOS_MAX) {
            end.unreachable("connection timed out");
        } else {
            Runnable again = () -> attempt(end, target, beganNanos);
            simulator.plan(
                    simulator.nowNanos() + CONNECT_RETRY_NANOS,
                    new SimulatedEvent("connect again", null, null, again));
        }
    }

    private void accept(SimulatedConnection client, SimulatedListener listener) {
        var server =
                new SimulatedConnection(
                        nextConnectionId++,
                        this,
                        listener.process().loops().nextAcceptor(),
                        listener.address(),
                        client.local(),
                        listener.limits());
        connections.put(server.id(), server);
        var toServer = new Wire(this, client, server);
        var toClient = new Wire(this, server, client);
        client.join(toServer, toClient);
        server.join(toClient, toServer);
        toClient.opened();
        server.owner()
                .execute(() -> {
                    if (!server.gone()) {
                        server.handledBy(listener.acceptor().apply(server));
                        server.onOpened();
                    }
                });
    }

    void forget(SimulatedConnection connection) {
        connections.remove(connection.id());
    }

    /** A process has ended and the kernel below it closes what it had open. */
    void processKilled(SimulatedProcess process) {
        listeners.values().removeIf(listener -> listener.process() == process);
        for (SimulatedConnection connection : snapshot()) {
            if (connection.process() == process) {
                forget(connection);
                connection.orphaned();
            }
        }
    }

    /** A machine is gone; nobody tells the others. */
    void processVanished(SimulatedProcess process) {
        listeners.values().removeIf(listener -> listener.process() == process);
        connections.values().removeIf(connection -> connection.process() == process);
    }

    /** Lets everything arrive that nothing holds back any more. */
    void pumpAll() {
        for (SimulatedConnection connection : snapshot()) {
            Wire out = connection.out();
            if (out != null) {
                out.pump();
            }
        }
    }

    private List<SimulatedConnection> snapshot() {
        return new ArrayList<>(connections.values());
    }

    boolean isCut(String from, String to) {
        return cuts.contains(new Way(from, to));
    }

    /** Whether the machine answers at all: its kernel does while no process has lost its power. */
    boolean isUp(String host) {
        return simulator.find(host).map(SimulatedNode::powered).orElse(false);
    }

    long drawLatencyNanos(String from, String to) {
        Latency drawn =
                from.equals(to) ? LOCAL : latencies.getOrDefault(new Way(from, to), latency);
        return drawn.drawNanos(simulator.entropy());
    }

    Simulator simulator() {
        return simulator;
    }
}
