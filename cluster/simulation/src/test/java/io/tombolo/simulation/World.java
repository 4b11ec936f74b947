package io.tombolo.simulation;

import io.tombolo.broker.Broker;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/**
 * One seeded world: regions, clients, an operator, and a time in which things go wrong, after which
 * everything has to get done. Every law is checked after every event.
 */
final class World implements Records {

    private static final String CLIENT = "client";
    private static final Duration TROUBLE = Duration.ofSeconds(12);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Set<String> DURABLE = Set.of("ledger");
    private static final List<Place> PLACES =
            List.of(new Place("orders", 0), new Place("orders", 1), new Place("ledger", 0));
    private static final String GROUP = "billing";
    private static final LinkName LINK = new LinkName("eu-to-us");

    private final Simulator simulator;
    private final Variant variant;
    private final LinkProvider links;
    private final Happenings happenings;
    private final SimulatedEntropy dice;
    private final InMemoryRegistry registry;
    private final Map<Site, SiteWatch> watches = new LinkedHashMap<>();
    private final MirrorWatch mirrors;
    private final GroupWatch groups;
    private final Site eu;
    private final Optional<Site> us;
    private final Optional<Operator> operator;
    private final Trouble trouble;
    private final List<Producing> producers = new ArrayList<>();
    private final List<Consuming> consumers = new ArrayList<>();
    private final Map<String, Long> lossesAtFirstSend = new HashMap<>();
    private final Map<Place, Long> copyEnds = new HashMap<>();
    private Environment client;

    World(long seed, Shape shape, Variant variant, Happenings happenings) {
        this(seed, shape, variant, happenings, foundLinks());
    }

    private static LinkProvider foundLinks() {
        return ServiceLoader.load(LinkProvider.class).iterator().next();
    }

    World(long seed, Shape shape, Variant variant, Happenings happenings, LinkProvider links) {
        this.links = links;
        this.simulator = new Simulator(seed);
        this.variant = variant;
        this.happenings = happenings;
        this.dice = simulator.entropy("world");
        this.registry = new InMemoryRegistry(new VirtualClock(simulator));
        simulator
                .network()
                .latency(Latency.between(Duration.ofNanos(200_000), Duration.ofMillis(5)));
        var sites = new ArrayList<Site>();
        for (Region.Hosted region : shape.topology().hostedRegions()) {
            sites.add(site(shape, region.id()));
        }
        this.eu = sites.getFirst();
        this.us = sites.size() > 1 ? Optional.of(sites.get(1)) : Optional.empty();
        this.mirrors =
                new MirrorWatch(eu, new DomainName(LINK.name()), simulator::nowNanos, happenings);
        for (Site site : sites) {
            // A link does not copy flush.messages: a mirror is as durable as its region chooses.
            Set<String> durable = site == eu ? DURABLE : Set.of();
            watches.put(site, new SiteWatch(site, mirrors, variant, happenings, durable));
        }
        this.groups = new GroupWatch(_ -> losses(), this::clampedTo, happenings);
        this.trouble = new Trouble(simulator, watches, happenings, variant);
        this.operator =
                us.map(there -> new Operator(simulator, there, LINK, happenings, this::promoted));
        simulator.afterEachEvent(this::check);
    }

    private record VirtualClock(Simulator simulator) implements Clock {
        @Override
        public long nanoTime() {
            return simulator.nowNanos();
        }

        @Override
        public long wallTimeMs() {
            return simulator.nowNanos() / 1_000_000;
        }
    }

    private Site site(Shape shape, RegionId region) {
        var sabotage = new Sabotage(variant);
        return new Site(
                region,
                shape.topology(),
                simulator.addNode(region.name(), 2),
                environment ->
                        sabotage.surroundings(
                                new Broker.Surroundings(
                                        registry.of(region), links, environment.network())),
                sabotage::environment,
                happenings);
    }

    private long losses() {
        return watches.values().stream().mapToLong(SiteWatch::lossCount).sum();
    }

    /**
     * A failover sets groups back to the end of the copy; and a group that was set back at the
     * source, because its disk lost the offsets, is set back in the copy some time later.
     */
    private long clampedTo(Site site, Place place) {
        if (site != eu && watches.get(eu).lossCount() > 0) {
            return Long.MIN_VALUE;
        }
        boolean failingOver = site != eu && operator.filter(Operator::wanted).isPresent();
        return failingOver
                ? copyEnds.getOrDefault(place, watches.get(site).image(place).end())
                : Long.MAX_VALUE;
    }

    /** A number that two runs of one seed share. */
    long trace() {
        return simulator.trace().hash();
    }

    long eventCount() {
        return simulator.trace().eventCount();
    }

    // --- the story

    void run() {
        begin();
        trouble.plan(CLIENT, TROUBLE);
        operator.ifPresent(this::planOperation);
        simulator.runFor(TROUBLE);
        trouble.end();
        healRegistry();
        settle();
    }

    /** Starts everything; returns when records flow. */
    void begin() {
        watches.keySet().forEach(Site::start);
        simulator.addNode(CLIENT, 1);
        client = simulator.node(CLIENT).start(_ -> {});
        await("a first start", () -> watches.keySet().stream().allMatch(Site::serving));
        for (Place place : PLACES) {
            produceAt(eu, place);
            consumeAt(eu, place);
        }
        us.ifPresent(there -> await("the copies have begun", () -> hostsAll(there)));
        us.ifPresent(this::probe);
    }

    /** Lets producers finish and waits until every record is copied. */
    void copyAll() {
        producers.forEach(Producing::stop);
        await("the producers are done", () -> producers.stream().allMatch(Producing::done));
        await("the lag is zero", this::copied);
    }

    void runFor(Duration time) {
        simulator.runFor(time);
    }

    /** How many records have been copied so far. */
    long copiedCount() {
        SiteWatch copy = watches.get(us.orElseThrow());
        return PLACES.stream().mapToLong(place -> copy.image(place).end()).sum();
    }

    void pauseLink(boolean paused) {
        operator.orElseThrow().pause(paused);
    }

    /** The process at the destination dies and comes back. */
    void restartDestination() {
        Site there = us.orElseThrow();
        there.restart();
        await("the destination serves", there::serving);
    }

    /** Asks the running link something, on its loop. */
    <T> T ask(Function<Link, T> question) {
        Site there = us.orElseThrow();
        var answer = new ArrayList<T>();
        there.onLoop(() ->
                answer.add(
                        question.apply(
                                there.core().orElseThrow().links().find(LINK).orElseThrow())));
        await("the link answers", () -> !answer.isEmpty());
        return answer.getFirst();
    }

    private static boolean hostsAll(Site site) {
        return site.partitions().stream().filter(p -> !p.id().topic().startsWith("__")).count()
                == PLACES.size();
    }

    private void planOperation(Operator human) {
        long until = TROUBLE.toMillis();
        if (dice.chance(0.5)) {
            at(dice.between(500, until), "pause the link", () -> human.pause(true));
            at(dice.between(500, until), "resume the link", () -> human.pause(false));
        }
        if (dice.chance(0.5)) {
            at(dice.between(0, until), "cut the registry", this::cutRegistry);
        }
        if (dice.chance(0.7)) {
            at(
                    dice.between(2000, until),
                    "fail over",
                    () -> {
                        consumers.forEach(Consuming::stop);
                        consumers.clear();
                        human.failOver();
                    });
        }
    }

    private void at(long ms, String what, Runnable action) {
        simulator.after(Duration.ofMillis(ms), what, action);
    }

    private void cutRegistry() {
        us.ifPresent(there -> {
            registry.cut(eu.region(), there.region());
            registry.cut(there.region(), eu.region());
        });
    }

    private void healRegistry() {
        us.ifPresent(there -> {
            registry.heal(eu.region(), there.region());
            registry.heal(there.region(), eu.region());
        });
    }

    private void produceAt(Site site, Place place) {
        var producer =
                new Producing(
                        client,
                        site,
                        place,
                        this,
                        simulator.entropy("producer " + site.region() + place),
                        variant,
                        200);
        producers.add(producer);
        producer.start();
    }

    private void consumeAt(Site site, Place place) {
        var consumer =
                new Consuming(
                        client,
                        site,
                        place,
                        GROUP + "-" + place,
                        groups,
                        simulator.entropy("consumer " + site.region() + place));
        consumers.add(consumer);
        consumer.start();
    }

    /** Reads what the link has copied of the groups' offsets. */
    private void probe(Site there) {
        for (Place place : PLACES) {
            new Probing(client, there, place, GROUP + "-" + place, groups).start();
        }
    }

    private void promoted() {
        Site there = us.orElseThrow();
        for (Place place : PLACES) {
            copyEnds.put(place, watches.get(there).image(place).end());
        }
        if (variant == Variant.LINK_WRITES_AFTER_PROMOTION) {
            there.partitions().forEach(World::appendPast);
        }
        for (Place place : PLACES) {
            produceAt(there, place);
            consumeAt(there, place);
        }
    }

    /** What a link would do that went past the partition. */
    private static void appendPast(Partition partition) {
        if (partition.role() instanceof Role.Leader leader
                && !partition.id().topic().startsWith("__")) {
            long end = partition.log().endOffset();
            var spec = BatchSpec.PLAIN.at(end, leader.leaderEpoch() + 1);
            var batch = new BatchBuilder(spec).append(1, null, ByteBuffer.allocate(1)).build();
            partition.log().appendAsFollower(batch, end);
        }
    }

    // --- when nothing goes wrong any more

    private void settle() {
        operator.filter(Operator::wanted)
                .ifPresent(human -> await("the failover is done", human::done));
        operator.ifPresent(human -> human.pause(false));
        await("the brokers serve", this::allServe);
        producers.forEach(Producing::stop);
        await("the producers are done", () -> producers.stream().allMatch(Producing::done));
        if (failedOver()) {
            oldOwnerRefuses();
        } else {
            us.ifPresent(_ -> await("the lag is zero", this::copied));
        }
        await("the consumers have read all", this::readAll);
    }

    private boolean allServe() {
        return watches.keySet().stream().allMatch(site -> site.serving() && !site.ailing());
    }

    private boolean failedOver() {
        return operator.filter(Operator::done).isPresent();
    }

    private void oldOwnerRefuses() {
        await("the old owner has heard", () -> mirrors.fenced(eu));
        for (Place place : PLACES) {
            produceAt(eu, place);
        }
        await(
                "the old owner refuses",
                () ->
                        producers.stream()
                                .filter(producer -> producer.site() == eu)
                                .skip(PLACES.size())
                                .allMatch(Producing::fenced));
    }

    /** Every partition is a whole copy, or says why it never will be. */
    private boolean copied() {
        Site there = us.orElseThrow();
        Optional<LinkStatus> status =
                there.core().flatMap(core -> core.links().find(LINK)).map(Link::status);
        if (status.isEmpty()) {
            return false;
        }
        for (Place place : PLACES) {
            if (!copied(there, place, status.get())) {
                return false;
            }
        }
        return true;
    }

    private boolean copied(Site there, Place place, LinkStatus status) {
        for (var topic : status.topics()) {
            for (var partition : topic.partitions()) {
                boolean it =
                        partition.partition().topic().equals(place.topic())
                                && partition.partition().partition() == place.partition();
                if (it && partition.state() == LinkStatus.State.FAILED && losses() > 0) {
                    happenings.note(Happening.LINK_FAILED_FOR_GOOD);
                    return true;
                }
                if (it) {
                    return partition.lag().records() == 0
                            && watches.get(there).image(place).end()
                                    == watches.get(eu).image(place).end();
                }
            }
        }
        return false;
    }

    private boolean readAll() {
        for (Consuming consumer : consumers) {
            if (consumer.position() < watches.get(consumer.site()).image(consumer.place()).end()) {
                return false;
            }
        }
        return true;
    }

    private void await(String what, BooleanSupplier condition) {
        if (!simulator.runUntil(condition, PATIENCE)) {
            throw new Broken(Law.PROGRESS, what + " did not come true; " + describe());
        }
    }

    private String describe() {
        var text = new StringBuilder();
        for (Site site : watches.keySet()) {
            text.append(site.region())
                    .append(site.serving() ? " serves" : " is down")
                    .append(site.ailing() ? ", ails" : "");
            for (Place place : PLACES) {
                text.append(", ").append(place).append(" ends at ");
                text.append(watches.get(site).image(place).end());
            }
            text.append("; ");
        }
        us.flatMap(Site::core)
                .flatMap(core -> core.links().find(LINK))
                .ifPresent(link -> text.append(link.status()));
        return text.toString();
    }

    // --- the laws

    private void check() {
        watches.forEach((site, watch) -> {
            watch.check();
            mirrors.check(site);
        });
    }

    @Override
    public void sending(Site site, Place place, Producing.Sent sent) {
        lossesAtFirstSend.putIfAbsent(sent.token(), watches.get(site).lossCount());
    }

    @Override
    public void acknowledged(Site site, Place place, Producing.Sent sent, long baseOffset) {
        happenings.note(Happening.ACKNOWLEDGED);
        watches.get(site)
                .acknowledged(
                        place, sent, baseOffset, lossesAtFirstSend.getOrDefault(sent.token(), -1L));
    }

    @Override
    public void refused(Site site, Place place) {
        Broken.unless(
                site == eu && operator.filter(Operator::wanted).isPresent(),
                Law.PROGRESS,
                "%s refused a write of %s and nobody failed over",
                site.region(),
                place);
        happenings.note(Happening.OLD_OWNER_REFUSED_A_WRITE);
    }
}
