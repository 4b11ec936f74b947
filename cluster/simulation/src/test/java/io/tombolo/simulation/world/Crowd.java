package io.tombolo.simulation.world;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.simulation.client.Administering;
import io.tombolo.simulation.client.AsideReading;
import io.tombolo.simulation.client.Audit;
import io.tombolo.simulation.client.ConsumerMember;
import io.tombolo.simulation.client.EndProbing;
import io.tombolo.simulation.client.HastyProducing;
import io.tombolo.simulation.client.Member;
import io.tombolo.simulation.client.Probing;
import io.tombolo.simulation.client.Producing;
import io.tombolo.simulation.client.Rescuing;
import io.tombolo.simulation.client.SettingAside;
import io.tombolo.simulation.client.Transacting;
import io.tombolo.simulation.law.AdminWatch;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The clients of a world. */
final class Crowd {

    static final String HOST = "client";

    private static final String GROUP = "billing";

    /** Its coordinator assigns partitions itself. */
    private static final String CONSUMERS = "shipping";

    private static final long PAUSE_MS_MAX = 200;

    private final Simulator simulator;
    private final Environment environment;
    private final Watches watches;
    private final Variant variant;
    private final List<Producing> producers = new ArrayList<>();
    private final List<HastyProducing> hasty = new ArrayList<>();
    private final List<Member> members = new ArrayList<>();
    private final List<ConsumerMember> consumers = new ArrayList<>();
    private final List<Probing> probes = new ArrayList<>();
    private int joinedCount;

    Crowd(Simulator simulator, Watches watches, Variant variant) {
        this.simulator = simulator;
        this.watches = watches;
        this.variant = variant;
        simulator.addNode(HOST, 1);
        this.environment = simulator.node(HOST).start(_ -> {});
    }

    // --- producers

    /** One new producer for each partition. */
    List<Producing> produceAt(Site site) {
        var started = new ArrayList<Producing>();
        for (Place place : Shape.PLACES) {
            started.add(produceAt(site, place, false));
        }
        return started;
    }

    /** One new producer alone. */
    void produceToOne(Site site) {
        produceAt(site, Shape.PLACES.getFirst(), false);
    }

    /** Transactional clients. */
    Workers workersAt(Site site, TransactionWatch watch) {
        var hearing = new Transacting.Hearing(watch, watches);
        return new Workers(simulator, environment, site, hearing, variant);
    }

    /** A producer makes a topic by asking for it, and writes while it is being opened. */
    void produceToNewTopic(Site site) {
        produceAt(site, new Place("new-" + producers.size(), 0), true);
    }

    /**
     * Producers with acks=1.
     *
     * @param clicks whether there are clicks, which then have an acks=all producer as well
     */
    void produceHastily(Site site, boolean clicks) {
        produceHastily(site, Shape.PLACES.getFirst());
        if (clicks) {
            produceHastily(site, Place.CLICKS);
            produceAt(site, Place.CLICKS, false);
        }
    }

    private void produceHastily(Site site, Place place) {
        String name = site + "/hasty";
        var producer =
                new HastyProducing(
                        environment,
                        site,
                        place,
                        watches,
                        simulator.entropy("hasty producer of " + place),
                        new Producing.Manner(name, PAUSE_MS_MAX, false, variant));
        hasty.add(producer);
        producer.start();
    }

    private Producing produceAt(Site site, Place place, boolean createsTopic) {
        String name = site + "/" + producers.size();
        var producer =
                new Producing(
                        environment,
                        site,
                        place,
                        watches,
                        simulator.entropy("producer " + name),
                        new Producing.Manner(name, PAUSE_MS_MAX, createsTopic, variant));
        producers.add(producer);
        producer.start();
        return producer;
    }

    void stopProducing() {
        producers.forEach(Producing::stop);
        hasty.forEach(HastyProducing::stop);
    }

    boolean doneProducing() {
        return producers.stream().allMatch(Producing::done)
                && hasty.stream().allMatch(HastyProducing::done);
    }

    // --- groups

    /** One more member of the group that lives at a region. */
    void joinAt(Site site) {
        joinedCount++;
        var member =
                new Member(
                        environment,
                        site,
                        new Member.Group(GROUP, Shape.PLACES),
                        watches,
                        simulator.entropy("member " + joinedCount));
        members.add(member);
        member.start();
    }

    /** One more member of the group that its coordinator assigns partitions to. */
    void consumeAt(Site site) {
        joinedCount++;
        String id = "consumer-" + joinedCount;
        var member =
                new ConsumerMember(
                        environment,
                        site,
                        new Member.Group(CONSUMERS, Shape.PLACES),
                        new ConsumerMember.Self(id, variant),
                        watches,
                        simulator.entropy(id));
        consumers.add(member);
        member.start();
    }

    /** One more member where the others are. */
    void joinOthers() {
        if (!members.isEmpty()) {
            Site site = members.getFirst().site();
            joinAt(site);
            if (!consumers.isEmpty()) {
                consumeAt(site);
            }
        }
    }

    /** A member leaves unless it is the last one. */
    void leaveOthers() {
        if (members.size() > 1) {
            members.removeFirst().leave();
        }
        if (consumers.size() > 1) {
            consumers.removeFirst().leave();
        }
    }

    /** A member is gone without a word, unless it is the last one. */
    void vanish() {
        if (members.size() > 1) {
            members.removeFirst().vanish();
        }
        if (consumers.size() > 1) {
            consumers.removeFirst().vanish();
        }
    }

    /** All members are gone. */
    void disband() {
        members.forEach(Member::vanish);
        members.clear();
        consumers.forEach(ConsumerMember::vanish);
        consumers.clear();
    }

    /** Whether every partition is read to its end by a member that has it. */
    boolean readAll() {
        if (members.isEmpty()) {
            return true;
        }
        Site site = members.getFirst().site();
        return readAll(site, members.stream().map(Member::positions).toList())
                && (consumers.isEmpty()
                        || readAll(
                                site, consumers.stream().map(ConsumerMember::positions).toList()));
    }

    private boolean readAll(Site site, List<Map<Place, Long>> positions) {
        Map<Place, Long> read = new HashMap<>();
        for (Map<Place, Long> one : positions) {
            one.forEach((place, at) -> read.merge(place, at, Math::max));
        }
        return Shape.PLACES.stream()
                .allMatch(place ->
                        read.getOrDefault(place, -1L) >= watches.of(site).image(place).end());
    }

    /** Asks again and again what is committed at a region where nobody commits. */
    void probe(Site there) {
        for (Place place : Shape.PLACES) {
            var probing =
                    new Probing(
                            environment,
                            there,
                            place,
                            GROUP,
                            watches.groups(),
                            host -> watches.of(there).leadsOn(host, Place.OFFSETS));
            probes.add(probing);
            probing.start();
        }
    }

    /** What a group has committed is of no interest any more: another region will say. */
    void stopProbing() {
        probes.forEach(Probing::stop);
    }

    /** Asks again and again where partitions end. */
    void probeEnds(Site site) {
        for (Place place : Shape.PLACES) {
            new EndProbing(
                            environment,
                            site,
                            place,
                            () -> watches.of(site).shortened(place),
                            variant)
                    .start();
        }
    }

    // --- who administers

    void rescue(Site site) {
        new Rescuing(environment, site).start();
    }

    Steward stewardOf(Site site, AdminWatch watch, BooleanSupplier movable) {
        var admin =
                new Administering(
                        environment,
                        site,
                        watch,
                        site::newestMetadata,
                        simulator.entropy("admin"),
                        variant);
        return new Steward(site, simulator.entropy("steward"), admin, movable);
    }

    // --- who brings topics back

    /** Copies what only one region has. */
    SettingAside setAside(Site site, SettingAside.Order order, Runnable done) {
        var copying =
                new SettingAside(
                        environment,
                        site,
                        order,
                        simulator.entropy("setting aside " + order.place()),
                        done);
        copying.start();
        return copying;
    }

    /** Reads all that was set aside of a partition. */
    AsideReading readAside(Site site, Place place) {
        var reading =
                new AsideReading(environment, site, place, simulator.entropy("aside of " + place));
        reading.start();
        return reading;
    }

    // --- auditors

    /** Reads all that a region has of some partitions. */
    Map<Place, Audit> audit(Site site, List<Place> places) {
        var audits = new HashMap<Place, Audit>();
        for (Place place : places) {
            var audit = new Audit(environment, site, place, simulator.entropy("audit " + place));
            audits.put(place, audit);
            audit.start();
        }
        return audits;
    }
}
