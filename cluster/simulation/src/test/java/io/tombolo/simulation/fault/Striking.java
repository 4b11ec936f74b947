package io.tombolo.simulation.fault;

import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.raft.RaftStatus;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Place;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Strikes those whom it hurts most, and lets them go on after a while. */
final class Striking {

    private static final Place PLACE = new Place("orders", 0);
    private static final Duration STOP_MAX = Duration.ofSeconds(5);
    private static final Duration BETWEEN_TWO = Duration.ofMillis(300);

    private final Simulator simulator;
    private final Site site;
    private final Trouble trouble;

    /**
     * @param trouble plays the faults that this is made of
     */
    Striking(Simulator simulator, Site site, Trouble trouble) {
        this.simulator = simulator;
        this.site = site;
        this.trouble = trouble;
    }

    void strike(Step.Strikes strike) {
        var faults = new ArrayList<Fault>();
        var repairs = new ArrayList<Fault>();
        for (Machine machine : struck(strike.target())) {
            String host = machine.host();
            switch (strike.blow()) {
                case KILL -> {
                    faults.add(new Fault.Kill(host));
                    repairs.add(new Fault.Restart(host));
                }
                case POWER -> {
                    faults.add(new Fault.LosePower(host));
                    repairs.add(new Fault.Restart(host));
                }
                case STOP -> stop(machine, strike.forMs());
                case PAUSE -> {
                    faults.add(new Fault.Pause(host));
                    repairs.add(new Fault.Resume(host));
                }
                case MUTE -> cut(machine, true, false, faults, repairs);
                case DEAFEN -> cut(machine, false, true, faults, repairs);
                case ISOLATE -> cut(machine, true, true, faults, repairs);
            }
        }
        faults.forEach(trouble::play);
        for (Fault repair : repairs) {
            simulator.after(
                    Duration.ofMillis(strike.forMs()),
                    repair.toString(),
                    () -> trouble.play(repair));
        }
    }

    private Set<Machine> struck(Step.Target target) {
        Set<Machine> found = new LinkedHashSet<>();
        switch (target) {
            case ALL -> found.addAll(site.machines());
            case LEADER -> site.leaderOf(PLACE).ifPresent(found::add);
            case CONTROLLER -> controller().ifPresent(found::add);
            case LEADER_AND_CONTROLLER -> {
                site.leaderOf(PLACE).ifPresent(found::add);
                controller().ifPresent(found::add);
            }
        }
        return found;
    }

    private Optional<Machine> controller() {
        Optional<Machine> found = Optional.empty();
        int highest = -1;
        for (Machine machine : site.machines()) {
            var leader = machine.quorum().map(RaftStatus::leader);
            if (leader.isPresent()
                    && leader.get().leaderId() == machine.id()
                    && leader.get().epoch() > highest) {
                highest = leader.get().epoch();
                found = Optional.of(machine);
            }
        }
        return found;
    }

    private void cut(
            Machine machine, boolean out, boolean in, List<Fault> faults, List<Fault> repairs) {
        for (Machine other : site.machines()) {
            if (other != machine && out) {
                faults.add(new Fault.Cut(machine.host(), other.host()));
                repairs.add(new Fault.Heal(machine.host(), other.host()));
            }
            if (other != machine && in) {
                faults.add(new Fault.Cut(other.host(), machine.host()));
                repairs.add(new Fault.Heal(other.host(), machine.host()));
            }
        }
    }

    /** Stops a process in an orderly way, or kills it when that takes too long. */
    private void stop(Machine machine, long downMs) {
        machine.stop(() -> {}); // what follows comes in any case
        simulator.after(STOP_MAX, "stopped", () -> downFor(machine, downMs));
    }

    private void downFor(Machine machine, long ms) {
        trouble.play(new Fault.Kill(machine.host()));
        simulator.after(
                Duration.ofMillis(ms),
                "start " + machine,
                () -> trouble.play(new Fault.Restart(machine.host())));
    }

    /** One machine after the other stops in an orderly way and comes back. */
    void roll() {
        rollNext(new ArrayDeque<>(site.machines()));
    }

    private void rollNext(ArrayDeque<Machine> left) {
        Machine machine = left.poll();
        if (machine == null) {
            return;
        }
        boolean[] stopped = {false};
        Runnable restart =
                () -> {
                    if (!stopped[0]) {
                        stopped[0] = true;
                        downFor(machine, BETWEEN_TWO.toMillis());
                        simulator.after(
                                BETWEEN_TWO.multipliedBy(3), "roll on", () -> rollNext(left));
                    }
                };
        machine.stop(() -> simulator.after(Duration.ZERO, "stopped", restart));
        simulator.after(STOP_MAX, "stopped late", restart);
    }
}
