package io.tombolo.simulation.world;

import io.tombolo.broker.BrokerCore;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.BrokerCommand;
import io.tombolo.controller.replica.DrainPlan;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerRecord.Drain;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.simulation.law.Broken;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.Optional;

/** Has one broker of a region emptied, takes it back, or lets it leave the region. */
final class Emptying {

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Simulator simulator;
    private final Site site;
    private final SimulatedEntropy dice;
    private final Variant variant;
    private final Happenings happenings;
    private Optional<Machine> chosen = Optional.empty();
    private Drain wanted = Drain.NONE;
    private boolean ordered = true;
    private boolean stopped;
    private long epochBefore = -1;

    /** Who has not answered yet: what it still tries would undo a later order. */
    private Optional<BrokerCore> asked = Optional.empty();

    Emptying(
            Simulator simulator,
            Site site,
            SimulatedEntropy dice,
            Variant variant,
            Happenings happenings) {
        this.simulator = simulator;
        this.site = site;
        this.dice = dice;
        this.variant = variant;
        this.happenings = happenings;
    }

    /** Whether somebody wants, or has wanted, replicas to be elsewhere. */
    boolean begun() {
        return chosen.isPresent();
    }

    /** Has a broker emptied, the first time that this is asked for. */
    void begin() {
        if (chosen.isEmpty()) {
            chosen = Optional.of(site.brokers().get(dice.nextInt(site.brokers().size())));
            epochBefore = registration().map(BrokerRegistration::brokerEpoch).orElse(-1L);
            want(Drain.Goal.EMPTY);
        }
    }

    /** Has it leave the region when it is empty, unless it was taken back. */
    void leave() {
        if (wanted.wanted()) {
            want(Drain.Goal.LEAVE);
            simulator.after(AGAIN, "stop who leaves", this::stopWhenEmpty);
        }
    }

    /** It may have replicas again. */
    void takeBack() {
        if (wanted.goal() == Drain.Goal.EMPTY) {
            want(Drain.Goal.NONE);
        }
    }

    /** Whether the controller knows what is wanted. */
    boolean ordered() {
        return ordered;
    }

    private void want(Drain.Goal goal) {
        wanted = goal == Drain.Goal.NONE ? Drain.NONE : new Drain(goal, "a test");
        ordered = false;
        order(wanted);
    }

    private void order(Drain drain) {
        if (ordered || !drain.equals(wanted)) {
            return;
        }
        asked = asked.filter(this::lives);
        if (asked.isEmpty()) {
            site.running()
                    .ifPresent(one -> one.onLoop(() -> one.core().ifPresent(it -> tell(one, it))));
        }
        simulator.after(AGAIN, "drain", () -> order(drain));
    }

    private boolean lives(BrokerCore core) {
        return site.machines().stream()
                .anyMatch(machine -> machine.core().equals(Optional.of(core)));
    }

    private void tell(Machine machine, BrokerCore core) {
        if (ordered || asked.isPresent()) {
            return;
        }
        asked = Optional.of(core);
        Drain drain = wanted;
        Drain told = variant == Variant.DRAINS_ARE_NOT_ORDERED ? Drain.NONE : drain;
        int id = chosen.orElseThrow().id();
        if (variant == Variant.BROKERS_LEAVE_WITH_REPLICAS) {
            core.submit(
                    new BrokerCommand.UnregisterBroker(id),
                    machine.node().environment().loops().loop(0),
                    answer -> ordered(drain, answer));
        } else {
            core.drains().order(id, told, answer -> ordered(drain, answer));
        }
    }

    private void ordered(Drain drain, Answer<Applied> answer) {
        asked = Optional.empty();
        boolean done = answer instanceof Answer.Done<Applied> || drain.equals(Drain.NONE) && left();
        if (done && drain.equals(wanted) && !ordered) {
            ordered = true;
            if (!drain.wanted()) {
                happenings.note(Happening.BROKER_TAKEN_BACK);
            }
        }
    }

    private void stopWhenEmpty() {
        if (stopped) {
            return;
        }
        Machine leaver = chosen.orElseThrow();
        if (ordered && replicaCount(site.newestMetadata()) == 0 && leaver.serving()) {
            stopped = true;
            leaver.stop(() -> {});
        } else {
            simulator.after(AGAIN, "stop who leaves", this::stopWhenEmpty);
        }
    }

    private int replicaCount(MetadataImage image) {
        return image.topics().replicasOn(chosen.orElseThrow().id()).size();
    }

    /**
     * Whether it has left the region, perhaps because a fault stopped it first; it may be back as
     * one of which nothing is wanted.
     */
    private boolean left() {
        MetadataImage image = site.newestMetadata();
        return wanted.goal() == Drain.Goal.LEAVE
                && ordered
                && !image.brokers().drainOf(chosen.orElseThrow().id()).wanted()
                && registration().filter(one -> one.brokerEpoch() == epochBefore).isEmpty();
    }

    private Optional<BrokerRegistration> registration() {
        return site.newestMetadata().brokers().broker(chosen.orElseThrow().id());
    }

    /** Whether all has gone that can go. */
    boolean done() {
        if (!wanted.wanted()) {
            return ordered;
        }
        MetadataImage image = site.newestMetadata();
        int id = chosen.orElseThrow().id();
        DrainPlan plan = DrainPlan.of(id, Integer.MAX_VALUE, image);
        boolean gone =
                plan.progress().leaderCount() == 0
                        && plan.progress().stuck().size() == replicaCount(image);
        return left() || ordered && gone;
    }

    /** When all has been awaited. */
    void check() {
        if (!wanted.wanted()) {
            return;
        }
        int replicas = replicaCount(site.newestMetadata());
        Broken.unless(
                done(),
                Law.EMPTIED,
                "%s has %d replicas and leads %d of them, %s",
                chosen,
                replicas,
                site.newestMetadata().topics().ledBy(chosen.orElseThrow().id()).size(),
                wanted);
        boolean empty = replicas == 0 || left();
        happenings.note(empty ? Happening.BROKER_EMPTIED : Happening.BROKER_STUCK);
    }

    /** Where too few are left for some topics, it has to be taken back before new ones are made. */
    boolean hinders() {
        return wanted.wanted() && site.brokers().size() == 3;
    }

    /** It stays after all. */
    void callOff() {
        want(Drain.Goal.NONE);
    }
}
