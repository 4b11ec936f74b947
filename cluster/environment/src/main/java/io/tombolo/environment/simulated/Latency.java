package io.tombolo.environment.simulated;

import java.time.Duration;

/**
 * How long something takes: evenly spread between two bounds, except for a share that is slow.
 *
 * @param slowShare 0 ≤ share ≤ 1
 * @param slowMax the longest a slow one takes, at least {@code max}
 */
public record Latency(Duration min, Duration max, double slowShare, Duration slowMax) {

    public Latency {
        if (min.isNegative() || max.compareTo(min) < 0 || slowMax.compareTo(max) < 0) {
            throw new IllegalArgumentException("0 ≤ min ≤ max ≤ slowMax does not hold");
        }
        if (slowShare < 0 || slowShare > 1) {
            throw new IllegalArgumentException("a share of " + slowShare);
        }
    }

    /** Evenly spread, none slow. */
    public static Latency between(Duration min, Duration max) {
        return new Latency(min, max, 0, max);
    }

    long drawNanos(SimulatedEntropy entropy) {
        return entropy.chance(slowShare)
                ? entropy.between(max.toNanos(), slowMax.toNanos())
                : entropy.between(min.toNanos(), max.toNanos());
    }
}
