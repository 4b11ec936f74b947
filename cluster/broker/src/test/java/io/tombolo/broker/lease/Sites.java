package io.tombolo.broker.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.BrokerSettings;
import io.tombolo.broker.Images;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.SimulatedNode;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.DomainName;
import io.tombolo.region.RegionId;
import io.tombolo.region.lease.LeaseLedger.Holding;
import io.tombolo.region.lease.LeaseLedger.Wish;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The seats of three sites on simulated machines; {@code eu} is read by a link to {@code us}. */
final class Sites {

    static final DomainName DOMAIN = new DomainName("eu-to-us");

    private static final String FILE =
            """
            tombolo: 1
            regions: { eu: {}, us: {}, witness: {} }
            links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
            ownership: { guarantee: quorum, sites: [eu, us, witness] }
            """;
    private static final Duration WAY = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofMillis(1_500);
    private static final Duration LONG = Duration.ofMinutes(2);

    private final Simulator simulator;
    private final Map<String, LeaseSeat> seats = new TreeMap<>();
    private final Set<String> cutOff = new HashSet<>();

    /** What a claim came to. */
    static final class Outcome implements LeaseSeat.Claimant {

        final List<String> heard = new ArrayList<>();

        @Override
        public void given() {
            heard.add("given");
        }

        @Override
        public void movedOn(Holding holding) {
            heard.add("moved on to " + holding.region() + " under " + holding.epoch());
        }

        @Override
        public void refused(String reason) {
            heard.add(reason);
        }
    }

    Sites(long seed) {
        simulator = new Simulator(seed);
        for (String site : List.of("eu", "us", "witness")) {
            simulator.addNode(site, 1).start(environment -> live(site, environment));
        }
    }

    private void live(String site, Environment environment) {
        if (!(TopologyFile.parse("sites.yaml", FILE) instanceof TopologyFile.Valid valid)) {
            throw new IllegalStateException("the file is broken");
        }
        Topology topology = valid.topology();
        Region.Hosted region = topology.hosted(new RegionId(site)).orElseThrow();
        var settings =
                new BrokerSettings(topology, region, region.brokers().getFirst(), Path.of("/data"));
        LeaseSeat seat =
                LeaseSeat.of(
                                settings,
                                environment,
                                new Images(),
                                (to, question, answered) -> ask(site, to, question, answered))
                        .orElseThrow();
        seats.put(site, seat);
        environment.loops().loop(0).execute(seat::start);
        environment.loops().loop(0).execute(seat::begin);
    }

    private void ask(
            String from, RegionId to, byte[] question, Consumer<Optional<byte[]>> answered) {
        var over = new AtomicBoolean();
        Consumer<Optional<byte[]>> once =
                answer -> {
                    if (over.compareAndSet(false, true)) {
                        answered.accept(answer);
                    }
                };
        simulator.after(PATIENCE, "gives up", () -> once.accept(Optional.empty()));
        if (cutOff.contains(from) || cutOff.contains(to.name())) {
            return;
        }
        simulator.after(
                WAY,
                "asks " + to,
                () -> {
                    SimulatedNode node = simulator.node(to.name());
                    if (node.running()) {
                        loopOf(to.name())
                                .execute(() ->
                                        seat(to.name())
                                                .take(
                                                        question,
                                                        answer -> back(from, to, answer, once)));
                    }
                });
    }

    private void back(
            String from, RegionId to, byte[] answer, Consumer<Optional<byte[]>> answered) {
        if (!cutOff.contains(from) && !cutOff.contains(to.name())) {
            simulator.after(WAY, "answers " + from, () -> answered.accept(Optional.of(answer)));
        }
    }

    private EventLoop loopOf(String site) {
        return simulator.node(site).environment().loops().loop(0);
    }

    private LeaseSeat seat(String site) {
        return Objects.requireNonNull(seats.get(site));
    }

    SimulatedNode machine(String site) {
        return simulator.node(site);
    }

    /** Neither asks nor answers any more. */
    void cutOff(String site) {
        cutOff.add(site);
    }

    void heal() {
        cutOff.clear();
    }

    /** Whether the site may write now. */
    boolean writes(String site) {
        return !machine(site).paused() && !seat(site).held().isEmpty();
    }

    /** The site wants the domain under an epoch. */
    Outcome claim(String site, long epoch) {
        var outcome = new Outcome();
        loopOf(site).execute(() -> seat(site).claim(DOMAIN, epoch, outcome));
        return outcome;
    }

    /** Asks all voters so often, each within one turn of its loop; counts what is answered. */
    AtomicInteger ask(int count) {
        var answered = new AtomicInteger();
        var wish = new Wish.Hold(DOMAIN, new RegionId("eu"), 0);
        byte[] question = LedgerWire.encode(new LedgerWire.Question.Wishes(List.of(wish)));
        for (String site : seats.keySet()) {
            loopOf(site)
                    .execute(() -> {
                        for (int index = 0; index < count; index++) {
                            seat(site).take(question, _ -> answered.incrementAndGet());
                        }
                    });
        }
        return answered;
    }

    void await(String what, BooleanSupplier goal) {
        assertThat(simulator.runUntil(goal, LONG)).as(what).isTrue();
    }

    void pass(Duration time) {
        simulator.runFor(time);
    }
}
