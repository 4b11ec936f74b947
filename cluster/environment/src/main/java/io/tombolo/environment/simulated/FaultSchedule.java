package io.tombolo.environment.simulated;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A list of faults, ordered by time: drawn from a seed, written down, replayed, and made shorter
 * while it still shows what it is kept for.
 */
public record FaultSchedule(List<TimedFault> faults) {

    public FaultSchedule {
        faults = faults.stream().sorted(Comparator.comparingLong(TimedFault::atNanos)).toList();
    }

    /**
     * Draws faults, each with its repair some time later and within the length.
     *
     * @param hosts at least two
     * @param length the last repair comes no later than this
     * @param meanGap the mean time between two faults
     */
    public static FaultSchedule drawn(
            SimulatedEntropy entropy, List<String> hosts, Duration length, Duration meanGap) {
        var faults = new ArrayList<TimedFault>();
        long atNanos = entropy.between(0, 2 * meanGap.toNanos());
        while (atNanos < length.toNanos()) {
            int index = entropy.nextInt(hosts.size());
            int otherIndex = (index + 1 + entropy.nextInt(hosts.size() - 1)) % hosts.size();
            String host = hosts.get(index);
            String other = hosts.get(otherIndex);
            long untilNanos =
                    entropy.between(
                            atNanos, Math.min(length.toNanos(), atNanos + 4 * meanGap.toNanos()));
            List<Fault> pair = pair(entropy, host, other);
            faults.add(new TimedFault(atNanos, pair.getFirst()));
            if (pair.size() == 2) {
                faults.add(new TimedFault(untilNanos, pair.getLast()));
            }
            atNanos += entropy.between(1, 2 * meanGap.toNanos());
        }
        return new FaultSchedule(faults);
    }

    /** A fault and its repair, or a fault that needs none. */
    private static List<Fault> pair(SimulatedEntropy entropy, String host, String other) {
        return switch (entropy.nextInt(9)) {
            case 0 -> List.of(new Fault.Kill(host), new Fault.Restart(host));
            case 1, 2 -> List.of(new Fault.LosePower(host), new Fault.Restart(host));
            case 3 -> List.of(new Fault.Pause(host), new Fault.Resume(host));
            case 4, 5 -> List.of(new Fault.Cut(host, other), new Fault.Heal(host, other));
            case 6 -> List.of(new Fault.Reset(host, other));
            case 7 ->
                    List.of(
                            new Fault.Delay(
                                    host, other, Duration.ofMillis(entropy.between(1, 2_000))));
            default ->
                    List.of(
                            new Fault.Drift(host, (int) entropy.between(-2_000, 2_000)),
                            new Fault.JumpWall(
                                    host, Duration.ofMillis(entropy.between(-60_000, 60_000))));
        };
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
        for (TimedFault timed : faults) {
            lines.append("%.6fs %s%n".formatted(timed.atNanos() / 1e9, timed.fault()));
        }
        return lines.toString();
    }
}
