package io.tombolo.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.request.Answers;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.TopicCommand;
import io.tombolo.controller.command.TopicCommand.CreatedTopic;
import io.tombolo.controller.command.TopicCommand.NewTopic;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Guarantees;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkType;
import io.tombolo.region.link.Reason;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;
import io.tombolo.storage.log.Recovery;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Three brokers with one quorum, on simulated machines that can be killed. */
class RegionOfThreeSimulation {

    private static final RegionId EU = new RegionId("eu");
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final String TEXT =
            """
            tombolo: 1
            name: three
            regions:
              eu:
                brokers: 3
                kafka: "broker-{n}:9092"
                admin: "broker-{n}:8080"
                internal: "broker-{n}:25092"
                config: { default.replication.factor: 1 }
            """;

    private final Map<Integer, Broker> brokers = new TreeMap<>();
    private final Map<Integer, Integer> served = new TreeMap<>();
    private final Map<String, Answer<CreatedTopic>> answers = new TreeMap<>();

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void aKilledControllerIsReplacedAndAMinorityDecidesNothing(long seed) {
        var simulator = new Simulator(seed);
        for (int number = 1; number <= 3; number++) {
            int each = number;
            simulator.addNode("broker-" + number, 2).start(environment -> start(each, environment));
        }
        run(simulator, () -> served.size() == 3);
        for (int number = 1; number <= 3; number++) {
            create(number, "by-" + number);
        }
        run(simulator, () -> done("by-1") && done("by-2") && done("by-3"));
        run(simulator, () -> IntStream.rangeClosed(1, 3).allMatch(this::knowsAll));

        int first = controllerOf(1);
        int second = first % 3 + 1;
        int third = second % 3 + 1;
        simulator.node("broker-" + first).kill();
        long killedNanos = simulator.nowNanos();
        create(second, "after");
        run(simulator, () -> done("after"));

        assertThat(controllerOf(second)).isIn(second, third);
        assertThat(simulator.nowNanos() - killedNanos).isLessThan(Duration.ofSeconds(10).toNanos());
        // Who is asked has published what it answers.
        assertThat(core(second).images().current().topics().topic("after")).isPresent();

        simulator.node("broker-" + third).kill();
        create(second, "never");
        run(simulator, () -> answers.containsKey("never"));
        assertThat(answers.get("never"))
                .isInstanceOfSatisfying(
                        Answer.Refused.class,
                        refused -> assertThat(refused.error()).isEqualTo(Errors.NOT_CONTROLLER));

        served.remove(third);
        simulator.node("broker-" + third).restart();
        run(simulator, () -> served.containsKey(third));
        create(third, "again");
        run(simulator, () -> done("again"));
        assertThat(core(third).images().current().topics().topic("after")).isPresent();
    }

    private void run(Simulator simulator, BooleanSupplier goal) {
        assertThat(simulator.runUntil(goal, LONG)).as(() -> "goal; answers: " + answers).isTrue();
    }

    private boolean knowsAll(int number) {
        var topics = core(number).images().current().topics();
        return IntStream.rangeClosed(1, 3).allMatch(by -> topics.topic("by-" + by).isPresent());
    }

    private int controllerOf(int number) {
        return core(number).images().controllerId();
    }

    private BrokerCore core(int number) {
        return Optional.ofNullable(brokers.get(number)).flatMap(Broker::core).orElseThrow();
    }

    private boolean done(String topic) {
        return answers.get(topic) instanceof Answer.Done<CreatedTopic>;
    }

    private void create(int number, String topic) {
        var command =
                new TopicCommand.CreateTopics(
                        List.of(NewTopic.of(topic, 1, 1, new TreeMap<>())), false);
        Broker broker = Objects.requireNonNull(brokers.get(number));
        Consumer<Answer<Map<String, Answer<CreatedTopic>>>> taken =
                answer -> {
                    Answer<CreatedTopic> part = Answers.part(answer, topic);
                    answers.put(topic, part);
                    if (part instanceof Answer.Refused<CreatedTopic> refused
                            && refused.error() == Errors.NOT_CONTROLLER
                            && !topic.equals("never")) {
                        create(number, topic); // as clients do
                    }
                };
        core(number).submit(command, broker.loop(), taken);
    }

    private void start(int number, Environment environment) {
        var topology = topology();
        Region.Hosted region = topology.hosted(EU).orElseThrow();
        var settings =
                new BrokerSettings(
                        topology, region, region.broker(number).orElseThrow(), Path.of("/data"));
        var broker =
                new Broker(
                        settings,
                        environment,
                        new Broker.Surroundings(
                                new InMemoryRegistry(environment.clock()).of(EU),
                                new NoLinks(),
                                environment.network()),
                        new Watch(number));
        brokers.put(number, broker);
        broker.start();
    }

    private static Topology topology() {
        if (TopologyFile.parse("three.yaml", TEXT) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("three.yaml", TEXT).toString());
    }

    private final class Watch implements BrokerObserver {

        private final int number;

        private Watch(int number) {
            this.number = number;
        }

        @Override
        public void repaired(Recovery recovery) {}

        @Override
        public void serving() {
            served.merge(number, 1, Integer::sum);
        }

        @Override
        public void failed(String reason) {
            throw new AssertionError("broker " + number + ": " + reason);
        }
    }

    private static final class NoLinks implements LinkProvider {

        @Override
        public LinkType type() {
            return LinkType.CLUSTER_LINK;
        }

        @Override
        public Guarantees guarantees() {
            throw new AssertionError("the file has no links");
        }

        @Override
        public List<Reason> check(LinkSpec spec) {
            return List.of();
        }

        @Override
        public Link open(LinkSpec spec, LinkHost host) {
            throw new AssertionError("the file has no links");
        }
    }
}
