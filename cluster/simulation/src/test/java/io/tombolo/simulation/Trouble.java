package io.tombolo.simulation;

import io.tombolo.environment.simulated.DiskOperation;
import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.environment.simulated.fault.FaultKind;
import io.tombolo.environment.simulated.fault.FaultSchedule;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Draws what goes wrong in a world, plays it, and ends it. */
final class Trouble {

    private static final Duration SUPERVISION = Duration.ofMillis(700);
    private static final int LEADER_EPOCH_AT = 15;
    private static final double RESTART_SHARE = 0.4;

    private final Simulator simulator;
    private final Map<String, Site> sites = new HashMap<>();
    private final Map<Site, SiteWatch> watches;
    private final SimulatedEntropy dice;
    private final Happenings happenings;
    private final Variant variant;
    private boolean over;

    Trouble(
            Simulator simulator,
            Map<Site, SiteWatch> watches,
            Happenings happenings,
            Variant variant) {
        this.simulator = simulator;
        this.watches = watches;
        this.dice = simulator.entropy("trouble");
        this.happenings = happenings;
        this.variant = variant;
        watches.keySet().forEach(site -> sites.put(site.node().host(), site));
    }

    /** Plans faults from now on. */
    void plan(String clientHost, Duration length) {
        var hosts = new ArrayList<String>(sites.keySet());
        hosts.sort(null);
        hosts.add(clientHost);
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            if (dice.chance(kind == FaultKind.DISK_ERRORS ? 0.2 : 0.6)) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            kinds.add(FaultKind.KILL);
        }
        Duration gap = Duration.ofMillis(dice.between(300, 2500));
        var drawn = FaultSchedule.drawn(dice, kinds, hosts, length, gap);
        for (FaultSchedule.Timed timed : drawn.faults()) {
            if (!harms(timed.fault(), clientHost)) {
                simulator.after(
                        Duration.ofNanos(timed.atNanos()),
                        timed.fault().toString(),
                        () -> play(timed.fault()));
            }
        }
        supervise();
    }

    /** The machine of the clients stays up: what they remember is what the laws are about. */
    private static boolean harms(Fault fault, String host) {
        return switch (fault) {
            case Fault.Kill(String at) -> at.equals(host);
            case Fault.LosePower(String at) -> at.equals(host);
            case Fault.Restart(String at) -> at.equals(host);
            case Fault.FailDisk(String at, DiskOperation.Kind _) -> at.equals(host);
            default -> false;
        };
    }

    void play(Fault fault) {
        if (over) {
            return;
        }
        switch (fault) {
            case Fault.Kill(String host) when sites.get(host).node().running() -> {
                happenings.note(Happening.KILLED);
                if (variant == Variant.DISK_DAMAGES_WHAT_IT_HOLDS) {
                    damage(sites.get(host));
                }
                if (variant == Variant.KILL_LOSES_THE_PAGE_CACHE) {
                    new Fault.LosePower(host).applyTo(simulator);
                }
            }
            case Fault.LosePower(String host) when sites.get(host).node().running() -> {
                happenings.note(Happening.POWER_LOST);
                watches.get(sites.get(host)).mayHaveLost();
            }
            case Fault.FailDisk(String host, DiskOperation.Kind _) -> {
                happenings.note(Happening.DISK_FAILED);
                watches.get(sites.get(host)).mayHaveLost();
            }
            default -> {}
        }
        fault.applyTo(simulator);
    }

    /** Changes the leader epoch of the first batch, which no checksum covers. */
    private void damage(Site site) {
        var place = new Place("orders", 0);
        if (!watches.get(site).image(place).empty()) {
            var segment = Path.of("/data/broker/orders-0/00000000000000000000.log");
            site.node().disk().flipBit(segment, LEADER_EPOCH_AT, 1);
        }
    }

    /** What watches over processes in production: one that gave up is started again. */
    private void supervise() {
        for (Site site : watches.keySet()) {
            boolean mended = over || site.node().running() && dice.chance(RESTART_SHARE);
            if (mended && site.ailing()) {
                site.restart();
            }
        }
        simulator.after(SUPERVISION, "supervise", this::supervise);
    }

    /** Nothing more goes wrong, and what did is repaired. */
    void end() {
        over = true;
        simulator.network().healAll();
        for (var node : simulator.nodes()) {
            node.resume();
            node.normalDisk();
            node.disk().failNever();
            new Fault.Drift(node.host(), 0).applyTo(simulator);
        }
    }
}
