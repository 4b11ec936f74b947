package io.tombolo.broker.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.ControllerCore;
import io.tombolo.broker.NoLinks;
import io.tombolo.broker.NodeSettings;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.raft.RaftStatus;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.protocol.Errors;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One region whose controllers are processes of their own, on simulated machines that can be killed
 * and whose file can be edited. Nodes go by the names {@code 1} and {@code c1}.
 */
final class SeparateRegion {

    private static final RegionId EU = new RegionId("eu");
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Simulator simulator;
    private final Map<String, Broker> brokers = new TreeMap<>();
    private final Map<String, ControllerNode> controllers = new TreeMap<>();
    private final Set<String> created = new TreeSet<>();
    private int brokersInFile;
    private int controllersInFile;
    final Set<String> ready = new TreeSet<>();
    final Map<String, String> waiting = new TreeMap<>();
    final Map<String, String> failures = new TreeMap<>();

    SeparateRegion(long seed, int brokers, int controllers) {
        this.simulator = new Simulator(seed);
        edit(brokers, controllers);
    }

    /** What nodes that start from now on read; no controllers: the brokers vote. */
    void edit(int brokersNow, int controllersNow) {
        brokersInFile = brokersNow;
        controllersInFile = controllersNow;
    }

    /** Everybody of the file, brokers first. */
    List<String> all() {
        var names = new ArrayList<String>();
        region().nodes().all().forEach(node -> names.add(node.shortName()));
        return names;
    }

    /** Starts machines, new ones or those that were killed. */
    void start(List<String> names) {
        for (String name : names) {
            if (brokers.containsKey(name) || controllers.containsKey(name)) {
                simulator.node(host(name)).restart();
            } else {
                simulator.addNode(host(name), 1).start(environment -> live(name, environment));
            }
        }
    }

    /** The machine comes back with an empty disk. */
    void startEmpty(String name) {
        simulator.node(host(name)).restartEmpty();
    }

    void pass(Duration time) {
        simulator.runFor(time);
    }

    void kill(String name) {
        simulator.node(host(name)).kill();
        ready.remove(name);
        waiting.remove(name);
    }

    /** Lets a broker or controller stop in an orderly way; returns how long that took. */
    Duration stop(String name) {
        long sinceNanos = simulator.nowNanos();
        var stopped = new ArrayList<String>();
        if (name.startsWith("c")) {
            controllers.get(name).stop(() -> stopped.add(name));
        } else {
            brokers.get(name).stop(() -> stopped.add(name));
        }
        await(name + " stops", () -> !stopped.isEmpty());
        Duration took = Duration.ofNanos(simulator.nowNanos() - sinceNanos);
        kill(name);
        return took;
    }

    void awaitReady(List<String> names) {
        await("ready " + names, () -> ready.containsAll(names));
    }

    void await(String what, BooleanSupplier goal) {
        assertThat(simulator.runUntil(goal, LONG))
                .as(() ->
                        "%s; ready %s, waiting %s, failed %s"
                                .formatted(what, ready, waiting, failures))
                .isTrue();
    }

    BrokerCore broker(int number) {
        return Optional.ofNullable(brokers.get("" + number)).flatMap(Broker::core).orElseThrow();
    }

    ControllerCore controller(String name) {
        return Optional.ofNullable(controllers.get(name))
                .flatMap(ControllerNode::core)
                .orElseThrow();
    }

    /** The name of the controller that leads, as a broker knows. */
    String active(int asked) {
        return region().nodes()
                .withId(broker(asked).quorum().leader().leaderId())
                .map(Region.Node::shortName)
                .orElse("");
    }

    /** Who does what one broker does for all, as another one knows. */
    int leadBroker(int asked) {
        return broker(asked).images().leadBrokerId();
    }

    RaftStatus quorumOf(String controller) {
        return controller(controller).quorum();
    }

    boolean knows(int broker, String topic) {
        return broker(broker).images().current().topics().topic(topic).isPresent();
    }

    /** Creates a topic at a broker and waits for that. */
    void create(int broker, String topic) {
        submit(broker, topic);
        await("create " + topic, () -> created.contains(topic));
    }

    private void submit(int broker, String topic) {
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, 2, 1, new TreeMap<>())), false);
        Consumer<Answer<Map<String, Answer<CreatedTopic>>>> taken =
                answer -> {
                    Answer<CreatedTopic> part = Answers.part(answer, topic);
                    if (part instanceof Answer.Refused<CreatedTopic> refused
                            && refused.error() == Errors.NOT_CONTROLLER) {
                        submit(broker, topic); // as clients do
                    } else {
                        created.add(topic);
                    }
                };
        broker(broker).submit(command, brokers.get("" + broker).loop(), taken);
    }

    private static String host(String name) {
        return name.startsWith("c") ? "controller-" + name.substring(1) : "broker-" + name;
    }

    private TopologyFile.Valid file() {
        String text =
                """
                tombolo: 1
                name: separate
                regions:
                  eu:
                    brokers: %d
                    kafka: "broker-{n}:9092"
                    admin: "broker-{n}:8080"
                    internal: "broker-{n}:25092"
                %s    config: { default.replication.factor: 1 }
                """
                        .formatted(brokersInFile, controllersInFile == 0 ? "" : controllers());
        if (TopologyFile.parse("separate.yaml", text) instanceof TopologyFile.Valid valid) {
            return valid;
        }
        throw new IllegalStateException(TopologyFile.parse("separate.yaml", text).toString());
    }

    private String controllers() {
        return """
            controllers:
              count: %d
              admin: "controller-{n}:8080"
              internal: "controller-{n}:25092"
        """
                .formatted(controllersInFile);
    }

    private Region.Hosted region() {
        return file().topology().hosted(EU).orElseThrow();
    }

    private void live(String name, Environment environment) {
        var topology = file().topology();
        Region.Hosted region = region();
        Region.Node self =
                region.nodes().all().stream()
                        .filter(node -> node.shortName().equals(name))
                        .findFirst()
                        .orElseThrow();
        switch (self) {
            case Region.Broker broker -> {
                var made =
                        new Broker(
                                new BrokerSettings(topology, region, broker, Path.of("/data")),
                                environment,
                                new Broker.Surroundings(
                                        new InMemoryRegistry(environment.clock()).of(EU),
                                        new NoLinks(),
                                        environment.network()),
                                new BrokerWatch(name));
                brokers.put(name, made);
                made.start();
            }
            case Region.Controller controller -> {
                var made =
                        new ControllerNode(
                                new NodeSettings.Controller(
                                        topology, region, controller, Path.of("/data")),
                                environment,
                                new ControllerWatch(name));
                controllers.put(name, made);
                made.start();
            }
        }
    }

    private final class BrokerWatch implements BrokerObserver {

        private final String name;

        private BrokerWatch(String name) {
            this.name = name;
        }

        @Override
        public void repaired(Recovery recovery) {}

        @Override
        public void waiting(String reason) {
            waiting.put(name, reason);
        }

        @Override
        public void serving() {
            ready.add(name);
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            failures.put(name, reason);
        }

        @Override
        public void refused(Refusal refusal) {
            failures.put(name, refusal.reason() + ": " + refusal.fix());
        }
    }

    private final class ControllerWatch implements ControllerNode.Observer {

        private final String name;

        private ControllerWatch(String name) {
            this.name = name;
        }

        @Override
        public void waiting(String reason) {
            waiting.put(name, reason);
        }

        @Override
        public void ready() {
            ready.add(name);
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            failures.put(name, reason);
        }

        @Override
        public void refused(Refusal refusal) {
            failures.put(name, refusal.reason() + ": " + refusal.fix());
        }
    }
}
