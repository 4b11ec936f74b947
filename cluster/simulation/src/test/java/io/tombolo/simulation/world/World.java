package io.tombolo.simulation.world;

import io.tombolo.broker.Broker;
import io.tombolo.broker.torn.TornTransactions;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Latency;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Link;
import io.tombolo.region.link.LinkProvider;
import io.tombolo.region.registry.InMemoryRegistry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;
import io.tombolo.simulation.client.AsideReading;
import io.tombolo.simulation.client.Audit;
import io.tombolo.simulation.client.CommittedReading;
import io.tombolo.simulation.client.Producing;
import io.tombolo.simulation.client.Rescuing;
import io.tombolo.simulation.fault.Script;
import io.tombolo.simulation.fault.Step;
import io.tombolo.simulation.fault.Trouble;
import io.tombolo.simulation.law.AdminWatch;
import io.tombolo.simulation.law.Aside;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.law.LogImage;
import io.tombolo.simulation.law.Sent;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Misdeeds;
import io.tombolo.simulation.mutant.Sabotage;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One seeded world: regions, clients, an operator, and two phases. In the first things go wrong as
 * the script says and every law is checked after every event; in the second everything is healed
 * and has to get done within a bound of virtual time.
 */
public final class World {

    private static final Duration SAFETY_PHASE = Duration.ofSeconds(12);
    private static final Duration SHORT_SAFETY_PHASE = Duration.ofSeconds(8);
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration LOOK = Duration.ofSeconds(1);
    static final LinkName LINK = new LinkName("eu-to-us");

    private final Simulator simulator;
    private final Shape shape;
    private final LinkProvider links;
    private final Happenings happenings;
    private final InMemoryRegistry registry;
    private final List<Site> sites = new ArrayList<>();
    private final Site source;
    private final Optional<Site> destination;
    private final Misdeeds misdeeds;
    private final Watches watches;
    private final Trouble trouble;
    private final Optional<Operator> operator;
    private final Crowd crowd;
    private final Optional<Homecoming> homecoming;

    /** Has the first region take over again, and then brings the topics back to the second one. */
    private final Optional<Operator> takingBack;

    private final Optional<Homecoming> otherHomecoming;
    private final Optional<Workers> workers;

    /** Those that go on in the region that has taken over. */
    private Optional<Workers> heirs = Optional.empty();

    private final AdminWatch changes;
    private final Steward steward;
    private final Emptying emptying;
    private final Script script;

    public World(Trial trial, Happenings happenings) {
        this(trial, happenings, ServiceLoader.load(LinkProvider.class).iterator().next());
    }

    public World(Trial trial, Happenings happenings, LinkProvider links) {
        this.links = links;
        this.simulator = new Simulator(trial.seed());
        this.shape = trial.shape();
        this.happenings = happenings;
        this.registry = new InMemoryRegistry(new VirtualClock(simulator));
        simulator
                .network()
                .latency(Latency.between(Duration.ofNanos(200_000), Duration.ofMillis(5)));
        Topology topology = trial.shape().topology();
        for (Region.Hosted region : topology.hostedRegions()) {
            sites.add(new Site(simulator, topology, region, habitat(trial.variant(), region.id())));
        }
        this.source = sites.getFirst();
        this.destination = sites.size() > 1 ? Optional.of(sites.getLast()) : Optional.empty();
        this.misdeeds = new Misdeeds(trial.variant(), sites);
        this.watches =
                new Watches(
                        sites,
                        new DomainName(LINK.name()),
                        shape.transactional(),
                        misdeeds,
                        simulator::nowNanos,
                        happenings);
        this.trouble = new Trouble(simulator, sites, watches, happenings);
        this.operator = destination.map(this::operatorOf);
        this.takingBack = destination.map(_ -> operatorTakingBack());
        watches.operatedBy(operator, takingBack);
        this.crowd = new Crowd(simulator, watches, trial.variant());
        this.homecoming = destination.map(there -> homecoming(source, there, trial.variant()));
        this.otherHomecoming = destination.map(there -> homecoming(there, source, trial.variant()));
        this.workers = workersAt(source);
        this.changes = new AdminWatch(happenings);
        this.emptying =
                new Emptying(
                        simulator,
                        source,
                        simulator.entropy("emptying"),
                        trial.variant(),
                        happenings);
        this.steward = crowd.stewardOf(source, changes, () -> !emptying.begun());
        this.script = Script.drawn(simulator.entropy("script"), cast(), safetyPhase());
        simulator.afterEachEvent(() -> watches.check(simulator.actor()));
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

    private Machine.Habitat habitat(Variant variant, RegionId region) {
        var sabotage = new Sabotage(variant);
        return new Machine.Habitat(
                sabotage::environment,
                environment -> sabotage.surroundings(surroundings(region, environment)),
                this::hearing);
    }

    private Broker.Surroundings surroundings(RegionId region, Environment environment) {
        return new Broker.Surroundings(registry.of(region), links, environment.network());
    }

    private Machine.Hearing hearing() {
        return watches;
    }

    private Operator operatorOf(Site there) {
        return new Operator(
                simulator,
                there,
                LINK,
                happenings,
                () -> watches.mirrors().linkResumed(),
                () -> promoted(there));
    }

    private Operator operatorTakingBack() {
        return new Operator(simulator, source, LINK, happenings, () -> {}, this::tookBack);
    }

    private Homecoming homecoming(Site home, Site owner, Variant variant) {
        var parts = new Homecoming.Sites(home, owner, shape, crowd);
        return new Homecoming(simulator, parts, LINK, variant, happenings);
    }

    private Script.Cast cast() {
        return new Script.Cast(
                hosts(source),
                destination.map(World::hosts).orElse(List.of()),
                Crowd.HOST,
                shape.story());
    }

    private static List<String> hosts(Site site) {
        return site.machines().stream().map(Machine::host).toList();
    }

    /** What will go wrong, unless {@link #run(Script)} is given less. */
    public Script script() {
        return script;
    }

    /** A number that two runs of one seed share. */
    public long trace() {
        return simulator.trace().hash();
    }

    /** How many events there have been. */
    public long eventCount() {
        return simulator.trace().eventCount();
    }

    /** How much virtual time has passed. */
    public long nowNanos() {
        return simulator.nowNanos();
    }

    private Duration safetyPhase() {
        return shape.plain() ? SAFETY_PHASE : SHORT_SAFETY_PHASE;
    }

    // --- the story

    public void run() {
        run(script);
    }

    /** Lives through both phases, with a part of the script. */
    public void run(Script played) {
        begin();
        for (Script.Numbered step : played.steps()) {
            simulator.after(
                    Duration.ofNanos(step.afterNanos()),
                    step.step().toString(),
                    () -> carryOut(step.step()));
        }
        trouble.supervise();
        simulator.runFor(safetyPhase());
        trouble.end();
        cutRegistry(false);
        settle();
    }

    /** Starts everything; returns when records flow. */
    public void begin() {
        sites.forEach(Site::start);
        await("a first start", () -> sites.stream().allMatch(Site::well) && hostsAll(source));
        workers.ifPresent(Workers::start);
        if (!shape.plain()) {
            crowd.produceToOne(source);
            destination.ifPresent(there -> {
                await("the copies have begun", () -> hostsAll(there));
                workers.orElseThrow().readAt(there);
            });
            misdeeds.begun();
            return;
        }
        crowd.produceAt(source);
        if (shape.replicated()) {
            // What a leader alone has and loses may come back from a region that has copied it.
            if (shape.story() != Shape.Story.RETURN) {
                crowd.produceHastily(source, shape.clicked());
            }
            crowd.probeEnds(source);
        }
        joinAt(source);
        destination.ifPresent(there -> {
            await("the copies have begun", () -> hostsAll(there));
            crowd.probe(there);
        });
        misdeeds.begun();
    }

    private void joinAt(Site site) {
        crowd.joinAt(site);
        crowd.joinAt(site);
        if (shape.consumed()) {
            crowd.consumeAt(site);
            crowd.consumeAt(site);
        }
    }

    private static boolean hostsAll(Site site) {
        return Shape.PLACES.stream().allMatch(place -> site.leaderOf(place).isPresent());
    }

    private void carryOut(Step step) {
        switch (step) {
            case Step.Breaks(var fault) -> trouble.play(fault);
            case Step.Act.PAUSE_LINK -> pauseLink(true);
            case Step.Act.RESUME_LINK -> pauseLink(false);
            case Step.Act.CUT_REGISTRY -> cutRegistry(true);
            case Step.Act.HEAL_REGISTRY -> cutRegistry(false);
            case Step.Act.BRING_BACK -> bringBack();
            case Step.Act.TAKE_BACK -> {
                crowd.disband();
                crowd.stopProbing();
                takingBack.ifPresent(Operator::failOver);
            }
            case Step.Act.FAIL_OVER -> {
                crowd.disband();
                operator.ifPresent(Operator::failOver);
            }
            case Step.FilterChanges(var atSource, var filter) -> edit(atSource, filter);
            case Step.Strikes strike -> trouble.strike(strike);
            case Step.Act.ROLLING_RESTART -> trouble.roll();
            case Step.Act.TOPICS_CHANGE -> steward.act();
            case Step.Act.BROKER_IS_DRAINED -> {
                changes.replicasMove();
                emptying.begin();
            }
            case Step.Act.BROKER_IS_TAKEN_BACK -> emptying.takeBack();
            case Step.Act.BROKER_LEAVES -> emptying.leave();
            case Step.Act.TOPIC_APPEARS -> crowd.produceToNewTopic(source);
            case Step.Act.MEMBER_JOINS -> crowd.joinOthers();
            case Step.Act.MEMBER_LEAVES -> crowd.leaveOthers();
            case Step.Act.MEMBER_VANISHES -> crowd.vanish();
        }
    }

    /** Before the topics are taken over it would change which ones are. */
    private void edit(boolean atSource, Shape.Filter filter) {
        Site there = destination.orElseThrow();
        boolean takenOver =
                there.newestMetadata()
                        .region()
                        .ownershipOf(new DomainName(LINK.name()))
                        .filter(owned -> owned.ownership().lets(there.region()))
                        .isPresent();
        if (takenOver) {
            happenings.note(Happening.FILTER_CHANGED);
            Topology changed = shape.topology(filter);
            Site changing = atSource ? source : there;
            changing.machines().forEach(machine -> machine.edit(changed));
            new Redefinition(simulator, changing, changed, LINK).begin();
        }
    }

    private void cutRegistry(boolean cut) {
        for (Site one : sites) {
            for (Site other : sites) {
                if (one != other && cut) {
                    registry.cut(one.region(), other.region());
                } else if (one != other) {
                    registry.heal(one.region(), other.region());
                }
            }
        }
    }

    private void promoted(Site there) {
        // Groups were set back first; then what was open in the copies was aborted.
        watches.groups()
                .tookOver(there, place -> watches.of(there).image(place).endBeforeMarkers());
        misdeeds.promoted(there);
        crowd.produceAt(there);
        if (takingBack.filter(Operator::wanted).isEmpty()) {
            joinAt(there);
        }
        if (shape.story() == Shape.Story.ALL_CLIENTS) {
            heirs = workersAt(there);
            heirs.ifPresent(Workers::start);
        }
    }

    private Optional<Workers> workersAt(Site site) {
        return watches.transactionsOf(site).map(watch -> crowd.workersAt(site, watch));
    }

    private void tookBack() {
        happenings.note(Happening.TAKEN_BACK);
        crowd.disband();
        crowd.produceAt(source);
    }

    private void bringBack() {
        boolean again = takingBack.filter(Operator::done).isPresent();
        (again ? otherHomecoming : homecoming).ifPresent(Homecoming::begin);
    }

    // --- when nothing goes wrong any more

    private void settle() {
        operator.filter(Operator::wanted)
                .ifPresent(human -> await("the failover is done", human::done));
        await("the brokers serve", () -> sites.stream().allMatch(Site::well));
        sites.forEach(this::rescue);
        await(
                "the controllers have told what they can run",
                () -> sites.stream().allMatch(Site::knowsItsControllers));
        operator.ifPresent(human -> human.pause(false));
        boolean failedOver = operator.filter(Operator::done).isPresent();
        boolean tookBack = takeBack();
        Site owner = failedOver && !tookBack ? destination.orElseThrow() : source;
        await("the changes are made", steward::done);
        empty();
        var newcomers = crowd.produceAt(owner);
        await("new producers can write", () -> all(newcomers, Producing::acknowledged));
        finishProducing();
        workers.ifPresent(failedOver ? Workers::giveUp : this::finishTransactions);
        heirs.ifPresent(this::finishTransactions);
        boolean cameBack = homecoming.filter(Homecoming::wanted).isPresent();
        if (failedOver) {
            Site loser = tookBack ? destination.orElseThrow() : source;
            oldOwnerRefuses(loser);
            if (cameBack) {
                comeBack(owner, loser);
            }
        } else if (destination.isPresent()) {
            await("the lag is zero", copies()::whole);
        }
        if (workers.isPresent() && destination.isPresent()) {
            checkCopies(workers.get(), destination.get());
        }
        await("the group has read all", crowd::readAll);
        await("all replicas are in sync", watches::settled);
        // Members of a group commit while leaders move, so both have to hold at the same time.
        await(
                "the first replicas lead and all are in sync",
                () -> watches.of(source).preferred() && watches.settled());
        watches.checkSettled();
        changes.check(source.newestMetadata());
        everythingIsReadable(owner);
        if (cameBack) {
            account(owner);
        }
    }

    /** Nobody comes before somebody is needed. */
    private void rescue(Site site) {
        if (Rescuing.isNeeded(site)) {
            crowd.rescue(site);
        } else {
            simulator.after(LOOK, "who leads " + site, () -> rescue(site));
        }
    }

    /** Finishes that the first region takes over again; whether it was to. */
    private boolean takeBack() {
        var human = takingBack.filter(Operator::wanted);
        human.ifPresent(one -> {
            await("the topics are back", () -> homecoming.orElseThrow().done());
            await("the first region has taken over again", one::done);
        });
        return human.isPresent();
    }

    private void comeBack(Site owner, Site loser) {
        Homecoming last = (loser == source ? homecoming : otherHomecoming).orElseThrow();
        if (!last.wanted()) {
            last.begin();
        }
        await("the topics are back at last", last::done);
        var way = new Copies(owner, loser, LINK, watches, happenings);
        await("the lag of the way back is zero", way::whole);
    }

    /** What was acknowledged anywhere is in the owner's log or set aside, and never in both. */
    private void account(Site owner) {
        var audits = crowd.audit(owner, Shape.PLACES);
        await("all can be read again", () -> audits.values().stream().allMatch(Audit::done));
        for (Place place : Shape.PLACES) {
            Audit audit = audits.get(place);
            watches.checkLineage(owner, place);
            for (Site site : sites) {
                account(site, owner, place, audit);
            }
        }
    }

    private void account(Site site, Site owner, Place place, Audit audit) {
        if (!watches.returns().harmed(owner, place)) {
            audit.expect(watches.of(site).acked(place).values());
        }
        for (Sent sent : watches.returns().ackedAside(site, place)) {
            Broken.unless(
                    !audit.gives(sent) || watches.of(site).doubts() > 0,
                    Law.ACCOUNTED,
                    "%s of %s is set aside in %s and with %s as well",
                    sent,
                    place,
                    site,
                    owner);
        }
        watches.returns().checkAside(site, place, aside(site, place));
    }

    private List<Aside> aside(Site site, Place place) {
        boolean any = site.newestMetadata().topics().topic(Aside.of(place).topic()).isPresent();
        if (!any) {
            return List.of();
        }
        AsideReading reading = crowd.readAside(site, place);
        await("what was set aside can be read", reading::done);
        return reading.found();
    }

    private void empty() {
        boolean _ = simulator.runUntil(emptying::done, PATIENCE);
        emptying.check();
        if (emptying.hinders()) {
            emptying.callOff();
            await("whoever was to be emptied is taken back", emptying::done);
        }
    }

    private static <T> boolean all(List<T> clients, Predicate<T> what) {
        return clients.stream().allMatch(what);
    }

    private void finishProducing() {
        crowd.stopProducing();
        await("the producers are done", crowd::doneProducing);
    }

    /** Where committed records were lost, transactions may have lost what would end them. */
    private void finishTransactions(Workers clients) {
        clients.stop();
        if (clients.watch().excused()) {
            happenings.note(Happening.TRANSACTIONS_EXCUSED);
            return;
        }
        awaitStable(clients);
        clients.beginAnew();
        await("workers can commit", clients::done);
        awaitStable(clients);
        clients.watch().checkSettled();
        var readers = clients.audit();
        await("what is committed can be read", () -> all(readers, CommittedReading::done));
        readers.forEach(one -> clients.watch().checkGiven(one.place(), one.tokens()));
    }

    private void awaitStable(Workers clients) {
        awaitStable(clients::stable);
    }

    private void awaitStable(BooleanSupplier stable) {
        if (!simulator.runUntil(stable, PATIENCE)) {
            throw new Broken(Law.LSO_MOVES_ON, "transactions stay open; " + describe());
        }
    }

    /**
     * What became of transactions in the region that has copies of them, or took over. There its
     * own clients may have lost what would end theirs, and keep readers waiting.
     */
    private void checkCopies(Workers clients, Site there) {
        boolean hanging = heirs.filter(own -> own.watch().excused()).isPresent();
        if (clients.watch().excused() || hanging) {
            return;
        }
        awaitStable(() -> Workers.stableAt(there));
        await(
                "it is known what is torn",
                () -> !TornTransactions.uncompared(there.newestMetadata(), LINK));
        var told =
                TornTransactions.of(there.newestMetadata(), LINK).stream()
                        .map(one ->
                                new TransactionWatch.Torn(one.producerId(), one.producerEpoch()))
                        .collect(Collectors.toSet());
        var copies = new LinkedHashMap<Place, LogImage>();
        Shape.PLACES.forEach(place -> copies.put(place, watches.of(there).image(place)));
        var committed = clients.watch().checkCopies(copies, misdeeds.torn(told));
        var readers = clients.audit(there);
        await(
                "what is committed can be read in copies",
                () -> all(readers, CommittedReading::done));
        readers.forEach(one ->
                clients.watch().checkGiven(one.place(), committed.get(one.place()), one.tokens()));
    }

    private void oldOwnerRefuses(Site old) {
        await("the old owner has heard", () -> watches.mirrors().fenced(old));
        var late = crowd.produceAt(old);
        await("the old owner refuses", () -> all(late, Producing::fenced));
    }

    private void everythingIsReadable(Site owner) {
        var audits = crowd.audit(owner, owner == source ? shape.written() : Shape.PLACES);
        await("all can be read", () -> audits.values().stream().allMatch(Audit::done));
        audits.forEach((place, audit) -> {
            audit.expect(watches.of(owner).acked(place).values());
            audit.expect(watches.of(owner).alone(place));
        });
    }

    private Copies copies() {
        return new Copies(source, destination.orElseThrow(), LINK, watches, happenings);
    }

    private void await(String what, BooleanSupplier condition) {
        if (!simulator.runUntil(condition, PATIENCE)) {
            throw new Broken(Law.PROGRESS, what + " did not come true; " + describe());
        }
    }

    private String describe() {
        var text = new StringBuilder();
        for (Site site : sites) {
            for (Machine machine : site.machines()) {
                text.append(machine)
                        .append(machine.serving() ? " serves" : " is down")
                        .append(machine.ailing() ? ", ails; " : "; ");
            }
            for (Place place : shape.written()) {
                text.append(place).append(" ends at ");
                text.append(watches.of(site).image(place).end()).append("; ");
            }
            text.append(watches.of(site).unsettled());
            destination.ifPresent(_ -> text.append(standing(site)));
        }
        workers.ifPresent(text::append);
        heirs.ifPresent(text::append);
        destination.ifPresent(_ -> text.append(copies().statuses()));
        return text.toString();
    }

    /** Who owns the topics, as far as a region knows, and what it is doing with its own. */
    private static String standing(Site site) {
        var image = site.newestMetadata();
        var mirrors =
                image.links().mirrorTopics().values().stream()
                        .map(mirror ->
                                "%s under %s".formatted(mirror.state(), mirror.restoration()))
                        .toList();
        return "%s: %s, %s; "
                .formatted(site, image.region().ownershipOf(new DomainName(LINK.name())), mirrors);
    }

    // --- for tests that write their own story

    /** Lets producers finish and waits until every record is copied. */
    public void copyAll() {
        finishProducing();
        await("the lag is zero", copies()::whole);
    }

    public Site source() {
        return source;
    }

    /** Lets a fault happen now. */
    public void play(Fault fault) {
        trouble.play(fault);
    }

    /** How many records of a partition are committed at the source. */
    public long committed(Place place) {
        return watches.of(source).image(place).end();
    }

    /** Ends all faults; returns when everything has been done. */
    public void heal() {
        trouble.supervise();
        trouble.end();
        settle();
    }

    public void runFor(Duration time) {
        simulator.runFor(time);
    }

    /** How many records have been copied so far. */
    public long copiedCount() {
        var copy = watches.of(destination.orElseThrow());
        return Shape.PLACES.stream().mapToLong(place -> copy.image(place).end()).sum();
    }

    public void pauseLink(boolean paused) {
        operator.ifPresent(human -> human.pause(paused));
    }

    /** The processes at the destination die and come back. */
    public void restartDestination() {
        Site there = destination.orElseThrow();
        there.machines().forEach(Machine::restart);
        await("the destination serves", there::well);
    }

    /** Asks the running link something, on its loop. */
    public <T> T ask(Function<Link, T> question) {
        var machine = destination.flatMap(Site::running).orElseThrow();
        var answer = new ArrayList<T>();
        machine.onLoop(() ->
                answer.add(
                        question.apply(
                                machine.core().orElseThrow().links().find(LINK).orElseThrow())));
        await("the link answers", () -> !answer.isEmpty());
        return answer.getFirst();
    }
}
