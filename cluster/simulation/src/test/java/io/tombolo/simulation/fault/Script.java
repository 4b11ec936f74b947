package io.tombolo.simulation.fault;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.fault.Fault;
import io.tombolo.environment.simulated.fault.FaultKind;
import io.tombolo.environment.simulated.fault.FaultSchedule;
import io.tombolo.simulation.site.Shape;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Collectors;

/**
 * What happens in a world besides its traffic: faults and what people do, each with its number. Any
 * part of a script is a script, so that a failing one can be made shorter.
 */
public record Script(List<Numbered> steps) {

    private static final int NEW_TOPICS = 2;
    private static final int CHANGES_MAX = 12;
    private static final int FAILOVER_AT_MS_MIN = 2_000;
    private static final int STRIKES_MAX = 4;
    private static final long STRIKE_MS = 900;
    private static final long STRIKE_MS_LONG = 6_000;

    public Script {
        steps = List.copyOf(steps);
    }

    /**
     * @param number of the step in the whole script, from 0
     * @param afterNanos when, counted from the beginning of the script
     */
    public record Numbered(int number, long afterNanos, Step step) {
        @Override
        public String toString() {
            return "%4d  %.6fs  %s".formatted(number, afterNanos / 1e9, step);
        }
    }

    private record Timed(long afterNanos, Step step) {}

    /**
     * Who may suffer.
     *
     * @param source the machines of the first region
     * @param destination the machines of the second one; empty when there is none
     * @param client the machine of the clients, which stays up: what they remember is what the laws
     *     are about
     * @param story what they are about
     */
    public record Cast(
            List<String> source, List<String> destination, String client, Shape.Story story) {

        /** Topics that no link copies belong to no ownership domain; others cost time. */
        boolean topicsChange() {
            return destination.isEmpty() && story != Shape.Story.TRANSACTIONS;
        }

        List<String> brokers() {
            var all = new ArrayList<>(source);
            all.addAll(destination);
            return all;
        }
    }

    /** Draws a script. */
    public static Script drawn(SimulatedEntropy dice, Cast cast, Duration length) {
        var timed = new ArrayList<Timed>();
        drawActs(dice, cast, length.toMillis(), timed);
        if (cast.source().size() > 1) {
            drawStrikes(dice, length.toMillis(), timed);
            if (cast.topicsChange()) {
                drawChanges(dice, cast, length.toMillis(), timed);
            }
        }
        boolean failsOver = timed.stream().anyMatch(it -> it.step() == Step.Act.FAIL_OVER);
        drawFaults(dice, cast, length, failsOver, timed);
        if (cast.story() == Shape.Story.PLAIN && failsOver && dice.chance(0.4)) {
            drawEdits(dice, cast, length.toMillis(), timed);
        }
        timed.sort(Comparator.comparingLong(Timed::afterNanos));
        var steps = new ArrayList<Numbered>();
        for (Timed one : timed) {
            steps.add(new Numbered(steps.size(), one.afterNanos(), one.step()));
        }
        return new Script(steps);
    }

    private static void drawActs(
            SimulatedEntropy dice, Cast cast, long untilMs, List<Timed> timed) {
        for (Step.Act act :
                List.of(Step.Act.MEMBER_JOINS, Step.Act.MEMBER_LEAVES, Step.Act.MEMBER_VANISHES)) {
            if (dice.chance(0.4)) {
                timed.add(at(dice.between(500, untilMs), act));
            }
        }
        if (cast.topicsChange()) {
            for (int topic = 0; topic < NEW_TOPICS; topic++) {
                timed.add(at(dice.between(500, untilMs), Step.Act.TOPIC_APPEARS));
            }
        }
        if (cast.destination().isEmpty()) {
            return;
        }
        if (cast.story() == Shape.Story.RETURN) {
            drawReturn(dice, cast, untilMs, timed);
            return;
        }
        if (dice.chance(0.5)) {
            timed.add(at(dice.between(500, untilMs), Step.Act.PAUSE_LINK));
            timed.add(at(dice.between(500, untilMs), Step.Act.RESUME_LINK));
        }
        if (dice.chance(0.5)) {
            timed.add(at(dice.between(0, untilMs), Step.Act.CUT_REGISTRY));
        }
        if (dice.chance(0.7)) {
            long at = dice.between(FAILOVER_AT_MS_MIN, untilMs);
            timed.add(at(at, Step.Act.FAIL_OVER));
            if (dice.chance(0.25)) {
                drawDisaster(dice, cast, at, timed);
            } else if (dice.chance(0.3)) {
                drawInterruption(dice, cast, at, timed);
            }
        }
    }

    /** What only several brokers survive. */
    private static void drawStrikes(SimulatedEntropy dice, long untilMs, List<Timed> timed) {
        for (long left = dice.between(0, STRIKES_MAX); left > 0; left--) {
            var target = Step.Target.values()[dice.nextInt(Step.Target.values().length)];
            var blow = Step.Blow.values()[dice.nextInt(Step.Blow.values().length)];
            long forMs = dice.between(50, dice.chance(0.3) ? STRIKE_MS_LONG : STRIKE_MS);
            timed.add(at(dice.between(500, untilMs), new Step.Strikes(target, blow, forMs)));
        }
        if (dice.chance(0.15)) {
            timed.add(at(dice.between(500, untilMs / 2), Step.Act.ROLLING_RESTART));
        }
    }

    private static void drawChanges(
            SimulatedEntropy dice, Cast cast, long untilMs, List<Timed> timed) {
        for (long left = dice.between(0, CHANGES_MAX); left > 0; left--) {
            timed.add(at(dice.between(0, untilMs), Step.Act.TOPICS_CHANGE));
        }
        if (dice.chance(0.4)) {
            long drainedMs = dice.between(0, untilMs / 2);
            timed.add(at(drainedMs, Step.Act.BROKER_IS_DRAINED));
            if (dice.chance(0.6)) {
                var next =
                        dice.chance(0.5) ? Step.Act.BROKER_LEAVES : Step.Act.BROKER_IS_TAKEN_BACK;
                timed.add(at(dice.between(drainedMs, untilMs), next));
            }
        }
    }

    /**
     * The source is cut off and the destination loses the end of its copy just before it takes
     * over: groups may stand beyond what is left.
     */
    private static void drawDisaster(
            SimulatedEntropy dice, Cast cast, long failoverAtMs, List<Timed> timed) {
        for (String there : cast.destination()) {
            for (String here : cast.source()) {
                timed.add(at(failoverAtMs - 1_500, new Fault.Partition(here, there)));
                timed.add(at(failoverAtMs + 1_500, new Fault.Rejoin(here, there)));
            }
            timed.add(at(failoverAtMs - 1_500 + dice.between(1, 300), new Fault.LosePower(there)));
            timed.add(at(failoverAtMs - 1_000, new Fault.Restart(there)));
        }
    }

    /**
     * The second region takes over while the first one goes on writing, often because it is cut
     * off; later the topics come back, and in each step of that somebody may die.
     */
    private static void drawReturn(
            SimulatedEntropy dice, Cast cast, long untilMs, List<Timed> timed) {
        long failoverAtMs = dice.between(FAILOVER_AT_MS_MIN, untilMs / 3);
        long heardAtMs = failoverAtMs + dice.between(500, untilMs / 4);
        long backAtMs = heardAtMs + dice.between(0, untilMs / 8);
        if (dice.chance(0.8)) {
            timed.add(at(failoverAtMs - 200, Step.Act.CUT_REGISTRY));
            timed.add(at(heardAtMs, Step.Act.HEAL_REGISTRY));
            if (dice.chance(0.6)) {
                timed.add(at(failoverAtMs - dice.between(0, 1_000), Step.Act.PAUSE_LINK));
                timed.add(at(heardAtMs, Step.Act.RESUME_LINK));
            }
        }
        timed.add(at(failoverAtMs, Step.Act.FAIL_OVER));
        timed.add(at(backAtMs, Step.Act.BRING_BACK));
        if (dice.chance(0.5)) {
            drawTakingBack(dice, backAtMs, timed);
        }
        for (long left = dice.between(0, 4); left > 0; left--) {
            var hosts = dice.chance(0.7) ? cast.source() : cast.destination();
            String host = hosts.get(dice.nextInt(hosts.size()));
            long atMs = backAtMs + dice.between(1, 3_000);
            timed.add(
                    at(atMs, dice.chance(0.5) ? new Fault.Kill(host) : new Fault.LosePower(host)));
            timed.add(at(atMs + dice.between(50, 600), new Fault.Restart(host)));
        }
    }

    /** The first region takes over again, perhaps before everything is back. */
    private static void drawTakingBack(SimulatedEntropy dice, long backAtMs, List<Timed> timed) {
        long takenAtMs = backAtMs + dice.between(0, 3_000);
        timed.add(at(takenAtMs, Step.Act.TAKE_BACK));
        if (dice.chance(0.7)) {
            timed.add(at(takenAtMs - dice.between(0, 100), Step.Act.CUT_REGISTRY));
            timed.add(at(takenAtMs + dice.between(500, 2_500), Step.Act.HEAL_REGISTRY));
        }
        timed.add(at(takenAtMs + dice.between(500, 4_000), Step.Act.BRING_BACK));
    }

    /** The destination dies while it takes over. */
    private static void drawInterruption(
            SimulatedEntropy dice, Cast cast, long failoverAtMs, List<Timed> timed) {
        long diesAtMs = failoverAtMs + dice.between(1, 12);
        for (String there : cast.destination()) {
            timed.add(at(diesAtMs, new Fault.Kill(there)));
            timed.add(at(diesAtMs + 300, new Fault.Restart(there)));
        }
    }

    /** After a failover the filter of the link is changed in one file, or in both. */
    private static void drawEdits(
            SimulatedEntropy dice, Cast cast, long untilMs, List<Timed> timed) {
        long failoverAtMs =
                timed.stream()
                        .filter(it -> it.step() == Step.Act.FAIL_OVER)
                        .mapToLong(it -> Duration.ofNanos(it.afterNanos()).toMillis())
                        .min()
                        .orElse(untilMs);
        for (boolean source : List.of(true, false)) {
            if (dice.chance(source ? 0.8 : 0.4)) {
                var filter = dice.chance(0.7) ? Shape.Filter.FEWER : Shape.Filter.MORE;
                long at = dice.between(failoverAtMs + 1, Math.max(failoverAtMs + 100, untilMs));
                timed.add(at(at, new Step.FilterChanges(source, filter)));
                for (String host : source ? cast.source() : cast.destination()) {
                    timed.add(at(at + 1, new Fault.Kill(host)));
                    timed.add(at(at + 300, new Fault.Restart(host)));
                }
            }
        }
    }

    private static void drawFaults(
            SimulatedEntropy dice,
            Cast cast,
            Duration length,
            boolean failsOver,
            List<Timed> timed) {
        Set<FaultKind> kinds = EnumSet.noneOf(FaultKind.class);
        for (FaultKind kind : FaultKind.values()) {
            if (dice.chance(shareOf(kind))) {
                kinds.add(kind);
            }
        }
        if (kinds.isEmpty()) {
            kinds.add(FaultKind.KILL);
        }
        var gap = Duration.ofMillis(dice.between(300, 2500));
        var hosts = new ArrayList<>(cast.brokers());
        hosts.add(cast.client());
        for (var one : FaultSchedule.drawn(dice, kinds, hosts, length, gap).faults()) {
            if (allowed(one.fault(), cast, failsOver)) {
                timed.add(new Timed(one.atNanos(), new Step.Breaks(one.fault())));
            }
        }
    }

    private static double shareOf(FaultKind kind) {
        return switch (kind) {
            case DISK_ERRORS, DISK_FULL, WIPED_DISK -> 0.2;
            default -> 0.6;
        };
    }

    private static boolean allowed(Fault fault, Cast cast, boolean failsOver) {
        return switch (fault) {
            case Fault.Kill(String host) -> !host.equals(cast.client());
            case Fault.LosePower(String host) -> !host.equals(cast.client());
            case Fault.Restart(String host) -> !host.equals(cast.client());
            case Fault.FailDisk(String host, _) -> !host.equals(cast.client());
            case Fault.FillDisk(String host, _) -> !host.equals(cast.client());
            case Fault.WipeDisk(String host) -> filledAgain(host, cast, failsOver);
            default -> true;
        };
    }

    /** A sole copy cannot be lost: only what a link, or the other replicas, fill again. */
    private static boolean filledAgain(String host, Cast cast, boolean failsOver) {
        return minority(host, cast.source())
                || minority(host, cast.destination())
                || cast.destination().equals(List.of(host)) && !failsOver;
    }

    /** Whether the host is among the last of its kind in its region, fewer than half of them. */
    private static boolean minority(String host, List<String> hosts) {
        List<String> alike =
                hosts.stream().filter(each -> votesOnly(each) == votesOnly(host)).toList();
        return alike.indexOf(host) > alike.size() / 2;
    }

    private static boolean votesOnly(String host) {
        return host.contains("-c");
    }

    private static Timed at(long ms, Fault fault) {
        return at(ms, new Step.Breaks(fault));
    }

    private static Timed at(long ms, Step step) {
        return new Timed(Duration.ofMillis(ms).toNanos(), step);
    }

    /** The steps with these numbers alone. */
    public Script only(SortedSet<Integer> numbers) {
        return new Script(steps.stream().filter(step -> numbers.contains(step.number())).toList());
    }

    /** One line for each step. */
    @Override
    public String toString() {
        return steps.stream().map(Numbered::toString).collect(Collectors.joining("\n"));
    }
}
