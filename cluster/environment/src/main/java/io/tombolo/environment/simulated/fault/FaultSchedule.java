package io.tombolo.environment.simulated.fault;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A list of faults, ordered by time: drawn from a seed, written down, replayed, and made shorter
 * while it still shows what it is kept for.
 */
public record FaultSchedule(List<Timed> faults) {

    private static final int REPAIR_GAPS_MAX = 4;

    public FaultSchedule {
        faults = faults.stream().sorted(Comparator.comparingLong(Timed::atNanos)).toList();
    }

    /** A fault and when it happens, in nanoseconds from the start of the schedule. */
    public record Timed(long atNanos, Fault fault) {

        public Timed {
            if (atNanos < 0) {
                throw new IllegalArgumentException("a fault before the beginning");
            }
        }
    }

    /**
     * Draws faults, each with its repair some time later and within the length.
     *
     * @param kinds what may be drawn, each as often as the others; not empty
     * @param hosts at least two
     * @param length the last repair comes no later than this
     * @param meanGap the mean time between two faults
     */
    public static FaultSchedule drawn(
            SimulatedEntropy entropy,
            Set<FaultKind> kinds,
            List<String> hosts,
            Duration length,
            Duration meanGap) {
        var kindList = List.copyOf(EnumSet.copyOf(kinds));
        var faults = new ArrayList<Timed>();
        long gapNanos = meanGap.toNanos();
        long atNanos = entropy.between(0, 2 * gapNanos);
        while (atNanos < length.toNanos()) {
            int host = entropy.nextInt(hosts.size());
            int other = (host + 1 + entropy.nextInt(hosts.size() - 1)) % hosts.size();
            List<Fault> pair =
                    kindList.get(entropy.nextInt(kindList.size()))
                            .drawn(entropy, hosts.get(host), hosts.get(other));
            long latest = Math.min(length.toNanos(), atNanos + REPAIR_GAPS_MAX * gapNanos);
            faults.add(new Timed(atNanos, pair.getFirst()));
            if (pair.size() == 2) {
                faults.add(new Timed(entropy.between(atNanos, latest), pair.getLast()));
            }
            atNanos += entropy.between(1, 2 * gapNanos);
        }
        return new FaultSchedule(faults);
    }

    /** Plans every fault, counted from now. */
    public void playOn(Simulator simulator) {
        for (Timed timed : faults) {
            simulator.after(
                    Duration.ofNanos(timed.atNanos()),
                    timed.fault().toString(),
                    () -> timed.fault().applyTo(simulator));
        }
    }

    /** The same without the faults numbered {@code from} ≤ number &lt; {@code to}. */
    public FaultSchedule without(int from, int to) {
        return new FaultSchedule(
                IntStream.range(0, faults.size())
                        .filter(index -> index < from || index >= to)
                        .mapToObj(faults::get)
                        .toList());
    }

    /** One line for each fault. */
    @Override
    public String toString() {
        var lines = new StringBuilder();
        for (Timed timed : faults) {
            lines.append("%.6fs %s%n".formatted(timed.atNanos() / 1e9, timed.fault()));
        }
        return lines.toString();
    }
}
