package io.tombolo.broker.voter;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Broker;
import io.tombolo.broker.BrokerCore;
import io.tombolo.broker.BrokerObserver;
import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.NoLinks;
import io.tombolo.broker.StartRefused;
import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedDisk;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.region.RegionId;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.protocol.Errors;

import java.io.IOException;
import java.io.UncheckedIOException;
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

/** One region on simulated machines whose disks can be lost and whose file can be edited. */
final class VoterRegion {

    private static final RegionId EU = new RegionId("eu");
    private static final Duration LONG = Duration.ofSeconds(60);

    private final Simulator simulator;
    private final Map<Integer, Broker> brokers = new TreeMap<>();
    private final Set<String> created = new TreeSet<>();
    private int brokersInFile;
    final Set<Integer> serving = new TreeSet<>();
    final Map<Integer, String> waiting = new TreeMap<>();
    final List<String> failures = new ArrayList<>();

    VoterRegion(long seed, int brokersInFile) {
        this.simulator = new Simulator(seed);
        this.brokersInFile = brokersInFile;
    }

    /** What brokers that start from now on read. */
    void edit(int brokersNow) {
        brokersInFile = brokersNow;
    }

    void start(int... numbers) {
        for (int number : numbers) {
            simulator
                    .addNode("broker-" + number, 1)
                    .start(environment -> live(number, environment));
        }
    }

    private SimulatedNode machine(int number) {
        return simulator.node("broker-" + number);
    }

    void kill(int... numbers) {
        for (int number : numbers) {
            machine(number).kill();
            serving.remove(number);
            waiting.remove(number);
        }
    }

    void restart(int... numbers) {
        for (int number : numbers) {
            machine(number).restart();
        }
    }

    /** The machine comes back with an empty disk. */
    void restartEmpty(int number) {
        machine(number).restartEmpty();
    }

    /** The metadata log of a machine that does not run is removed, and nothing else. */
    void loseMetadata(int number) {
        SimulatedDisk disk = machine(number).disk();
        Path log = Path.of("/data/metadata/__cluster_metadata-0");
        try {
            for (String file : disk.list(log)) {
                disk.delete(log.resolve(file));
            }
            disk.delete(log);
            disk.forceDirectory(log.getParent());
        } catch (IOException unexpected) {
            throw new UncheckedIOException(unexpected);
        }
    }

    /** Whether something is where a metadata log would have to be put back. */
    boolean hasMetadataFolder(int number) {
        return machine(number).disk().exists(Path.of("/data/metadata"));
    }

    void await(String what, BooleanSupplier goal) {
        assertThat(simulator.runUntil(goal, LONG))
                .as(() ->
                        "%s; serving %s, waiting %s, failed %s"
                                .formatted(what, serving, waiting, failures))
                .isTrue();
    }

    void pass(Duration time) {
        simulator.runFor(time);
    }

    long nowNanos() {
        return simulator.nowNanos();
    }

    RaftStatus quorum(int number) {
        return core(number).quorum();
    }

    /** How many voters a broker knows of. */
    int voterCount(int number) {
        return quorum(number).voterSet().size();
    }

    /** How many voters there are, all of them on disks that exist. */
    boolean settled(int number, int voters) {
        RaftStatus status = quorum(number);
        return status.voterSet().size() == voters
                && status.voterSet().keys().stream()
                        .allMatch(key ->
                                serving.contains(key.nodeId() % 1000)
                                        && core(key.nodeId() % 1000).replica().equals(key));
    }

    BrokerCore core(int number) {
        return Optional.ofNullable(brokers.get(number)).flatMap(Broker::core).orElseThrow();
    }

    boolean knows(int number, String topic) {
        return core(number).images().current().topics().topic(topic).isPresent();
    }

    /** Has the leader take the vote of a replica. */
    void remove(ReplicaKey voter, List<VoterChange.Outcome> outcomes) {
        int leader = quorum(1).leader().leaderId() % 1000;
        Broker at = brokers.get(leader);
        at.loop()
                .execute(() ->
                        core(leader).removeVoter(voter, Duration.ofSeconds(5), outcomes::add));
    }

    void pause(int number) {
        machine(number).pause();
    }

    /** The number of the broker that the controller is on, as a broker knows. */
    int controller(int asked) {
        return quorum(asked).leader().leaderId() % 1000;
    }

    /** Whether a broker holds another one for gone. */
    boolean fenced(int asked, int number) {
        return core(asked).images().current().brokers().byId().values().stream()
                .anyMatch(each -> each.brokerId() % 1000 == number && each.fenced());
    }

    /** Creates a topic and waits for that. */
    void create(int number, String topic) {
        submit(number, topic);
        await("create " + topic, () -> created.contains(topic));
    }

    private void submit(int number, String topic) {
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, 1, 1, new TreeMap<>())), false);
        Consumer<Answer<Map<String, Answer<CreatedTopic>>>> taken =
                answer -> {
                    Answer<CreatedTopic> part = Answers.part(answer, topic);
                    if (part instanceof Answer.Refused<CreatedTopic> refused
                            && refused.error() == Errors.NOT_CONTROLLER) {
                        submit(number, topic); // as clients do
                    } else {
                        created.add(topic);
                    }
                };
        core(number).submit(command, brokers.get(number).loop(), taken);
    }

    private void live(int number, Environment environment) {
        String text =
                """
                tombolo: 1
                name: voters
                regions:
                  eu:
                    brokers: %d
                    kafka: "broker-{n}:9092"
                    admin: "broker-{n}:8080"
                    internal: "broker-{n}:25092"
                    config: { default.replication.factor: 1 }
                """
                        .formatted(brokersInFile);
        if (!(TopologyFile.parse("voters.yaml", text) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException(TopologyFile.parse("voters.yaml", text).toString());
        }
        Region.Hosted region = valid.topology().hosted(EU).orElseThrow();
        var broker =
                new Broker(
                        new BrokerSettings(
                                valid.topology(),
                                region,
                                region.broker(number).orElseThrow(),
                                Path.of("/data")),
                        environment,
                        new Broker.Surroundings(
                                new InMemoryRegistry(environment.clock()).of(EU),
                                new NoLinks(),
                                environment.network()),
                        new Watch(number));
        brokers.put(number, broker);
        broker.start();
    }

    private final class Watch implements BrokerObserver {

        private final int number;

        private Watch(int number) {
            this.number = number;
        }

        @Override
        public void repaired(Recovery recovery) {}

        @Override
        public void waiting(String reason) {
            waiting.put(number, reason);
        }

        @Override
        public void serving() {
            serving.add(number);
            waiting.remove(number);
        }

        @Override
        public void failed(String reason, StartRefused.Fix fix) {
            failures.add(reason);
        }
    }
}
