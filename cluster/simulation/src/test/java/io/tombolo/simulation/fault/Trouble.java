package io.tombolo.simulation.fault;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.site.Machine;
import io.tombolo.simulation.site.Site;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Lets things go wrong, tells the watches what that excuses, and ends it all. */
public final class Trouble {

    private static final Duration SUPERVISION = Duration.ofMillis(700);
    private static final double RESTART_SHARE = 0.4;

    private final Simulator simulator;
    private final Map<String, Machine> machines = new HashMap<>();
    private final List<Machine> inOrder = new ArrayList<>();
    private final Toll toll;
    private final SimulatedEntropy dice;
    private final Happenings happenings;
    private final Striking striking;
    private boolean over;

    /** Hears what may have been lost, before it is. */
    public interface Toll {

        void beforeKill(Machine machine);

        void powerLost(Machine machine);

        void forcesFail(Machine machine);

        void forcesWork(Machine machine);

        void wiped(Machine machine);
    }

    public Trouble(Simulator simulator, List<Site> sites, Toll toll, Happenings happenings) {
        this.simulator = simulator;
        this.toll = toll;
        this.dice = simulator.entropy("trouble");
        this.striking = new Striking(simulator, sites.getFirst(), this);
        this.happenings = happenings;
        for (Site site : sites) {
            inOrder.addAll(site.machines());
        }
        inOrder.forEach(machine -> machines.put(machine.host(), machine));
    }

    /** Lets a fault happen now, unless all of it is over. */
    public void play(Fault fault) {
        if (!over) {
            note(fault);
            fault.applyTo(simulator);
        }
    }

    /** Strikes whoever plays a part now, unless all of it is over. */
    public void strike(Step.Strikes strike) {
        if (!over) {
            striking.strike(strike);
        }
    }

    /** Restarts one broker after the other. */
    public void roll() {
        if (!over) {
            happenings.note(Happening.ROLLED);
            striking.roll();
        }
    }

    private void note(Fault fault) {
        switch (fault) {
            case Fault.Kill(String host) when running(host) -> {
                happenings.note(Happening.KILLED);
                toll.beforeKill(machines.get(host));
            }
            case Fault.LosePower(String host) when running(host) -> {
                happenings.note(Happening.POWER_LOST);
                toll.powerLost(machines.get(host));
            }
            case Fault.WipeDisk(String host) -> {
                happenings.note(Happening.DISK_WIPED);
                toll.wiped(machines.get(host));
            }
            case Fault.FailDisk(String host, DiskOperation.Kind kind) -> {
                happenings.note(Happening.DISK_FAILED);
                if (kind == DiskOperation.Kind.FORCE) {
                    toll.forcesFail(machines.get(host));
                }
            }
            // Mends whatever fails, not only what its own fault broke.
            case Fault.MendDisk(String host) when machines.containsKey(host) ->
                    toll.forcesWork(machines.get(host));
            case Fault.FillDisk _ -> happenings.note(Happening.DISK_FILLED);
            case Fault.Pause _ -> happenings.note(Happening.PAUSED);
            case Fault.Partition _ -> happenings.note(Happening.CUT_OFF);
            case Fault.Cut _ -> happenings.note(Happening.CUT_ONE_WAY);
            default -> {}
        }
    }

    private boolean running(String host) {
        return machines.get(host).node().running();
    }

    /** What watches over processes in production: one that gave up is started again. */
    public void supervise() {
        for (Machine machine : inOrder) {
            boolean mended = over || machine.node().running() && dice.chance(RESTART_SHARE);
            if (mended && machine.ailing() || over && machine.stopping()) {
                machine.restart();
            }
        }
        simulator.after(SUPERVISION, "supervise", this::supervise);
    }

    /** Nothing more goes wrong, and what did is repaired. */
    public void end() {
        over = true;
        simulator.network().healAll();
        for (var node : simulator.nodes()) {
            node.resume();
            node.normalDisk();
            node.disk().failNever();
            new Fault.FreeDisk(node.host()).applyTo(simulator);
            new Fault.Drift(node.host(), 0).applyTo(simulator);
            for (var other : simulator.nodes()) {
                new Fault.Calm(node.host(), other.host()).applyTo(simulator);
            }
        }
        inOrder.forEach(toll::forcesWork);
    }
}
