package io.tombolo.simulation.world;

import io.tombolo.environment.Environment;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.replication.Partition;
import io.tombolo.simulation.client.CommittedReading;
import io.tombolo.simulation.client.Transacting;
import io.tombolo.simulation.law.TransactionWatch;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The transactional clients of a region. There is one transactional id for each input, and whoever
 * runs the workers now and then takes one that lives for dead and starts another.
 */
final class Workers {

    private static final double ZOMBIE_SHARE = 0.12;
    private static final double VANISH_SHARE = 0.08;

    private final Simulator simulator;
    private final Environment environment;
    private final Site site;
    private final Transacting.Hearing hearing;
    private final Variant variant;
    private final SimulatedEntropy dice;
    private final List<List<Transacting>> lives = new ArrayList<>();
    private boolean stopping;

    Workers(
            Simulator simulator,
            Environment environment,
            Site site,
            Transacting.Hearing hearing,
            Variant variant) {
        this.simulator = simulator;
        this.environment = environment;
        this.site = site;
        this.hearing = hearing;
        this.variant = variant;
        this.dice = simulator.entropy("workers");
    }

    TransactionWatch watch() {
        return hearing.transactions();
    }

    /** Workers and readers. */
    void start() {
        for (int input = 0; input < Shape.PLACES.size(); input++) {
            lives.add(new ArrayList<>());
            begin(input);
        }
        readAt(site);
        supervise();
    }

    /** Readers that go on for ever, of the partitions or of their copies. */
    void readAt(Site there) {
        for (Place place : Shape.PLACES) {
            reading(there, place, true).start();
        }
    }

    private CommittedReading reading(Site there, Place place, boolean jumps) {
        return new CommittedReading(
                environment,
                there,
                place,
                watch(),
                simulator.entropy("committed " + there + jumps + place),
                new CommittedReading.Manner(jumps, variant));
    }

    private Transacting begin(int input) {
        List<Transacting> before = lives.get(input);
        String name = watch().clients() + "-" + input;
        var life =
                new Transacting.Life(
                        name,
                        before.size(),
                        Shape.PLACES.get(input),
                        dice.chance(0.5),
                        (int) dice.between(1_500, 4_000),
                        variant);
        var worker =
                new Transacting(
                        environment,
                        site,
                        life,
                        hearing,
                        simulator.entropy(name + "/" + before.size()));
        before.add(worker);
        worker.start();
        return worker;
    }

    private void supervise() {
        if (stopping) {
            return;
        }
        int input = dice.nextInt(lives.size());
        Transacting present = lives.get(input).getLast();
        if (!present.over() && dice.chance(VANISH_SHARE)) {
            present.vanish();
        } else if (present.over() || dice.chance(ZOMBIE_SHARE)) {
            begin(input);
        }
        simulator.after(
                Duration.ofMillis(dice.between(50, 500)), "supervise workers", this::supervise);
    }

    /** All workers end as they like; of one id nobody is left to end anything. */
    void stop() {
        stopping = true;
        for (List<Transacting> all : lives) {
            all.forEach(dice.chance(0.5) ? Transacting::stop : Transacting::vanish);
        }
        lives.getLast().forEach(Transacting::vanish);
    }

    /** All workers are gone: their region is not the owner any more. */
    void giveUp() {
        stopping = true;
        lives.forEach(all -> all.forEach(Transacting::vanish));
    }

    /** A newcomer of each id but one. */
    void beginAnew() {
        for (int input = 0; input < lives.size() - 1; input++) {
            begin(input);
        }
    }

    /** Whether a newcomer of each id has committed a transaction and ended. */
    boolean done() {
        boolean done = true;
        for (int input = 0; input < lives.size() - 1; input++) {
            Transacting newcomer = lives.get(input).getLast();
            if (newcomer.committed()) {
                newcomer.stop();
            } else if (newcomer.over()) {
                begin(input); // an older life that was just beginning has fenced it
            }
            done &= newcomer.committed() && newcomer.over();
        }
        return done;
    }

    /** What newcomers are at. */
    @Override
    public String toString() {
        return lives.stream().map(List::getLast).toList().toString();
    }

    /** Whether no partition has an open transaction. */
    boolean stable() {
        var all = new ArrayList<>(Shape.PLACES);
        all.add(Place.OFFSETS);
        return stable(site, all);
    }

    /** Whether no copy of another region has one. */
    static boolean stableAt(Site there) {
        return stable(there, Shape.PLACES);
    }

    private static boolean stable(Site there, List<Place> places) {
        return places.stream()
                .allMatch(place ->
                        there.leaderOf(place)
                                .flatMap(machine -> machine.partition(place))
                                .filter(Workers::stable)
                                .isPresent());
    }

    private static boolean stable(Partition partition) {
        return partition.lastStableOffset() == partition.log().endOffset();
    }

    /** Readers of all that is committed. */
    List<CommittedReading> audit() {
        return audit(site);
    }

    /** Readers of all that is committed in the copies of another region, or here. */
    List<CommittedReading> audit(Site there) {
        var readers = Shape.PLACES.stream().map(place -> reading(there, place, false)).toList();
        readers.forEach(CommittedReading::start);
        return readers;
    }
}
