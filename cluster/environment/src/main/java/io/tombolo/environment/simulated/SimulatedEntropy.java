package io.tombolo.environment.simulated;

import io.tombolo.environment.Entropy;

/** Pseudo-random numbers that depend on the seed alone (SplitMix64). */
public final class SimulatedEntropy implements Entropy {

    private static final long GOLDEN_GAMMA = 0x9E37_79B9_7F4A_7C15L;

    private final long seed;
    private long state;

    public SimulatedEntropy(long seed) {
        this.seed = seed;
        this.state = mix(seed);
    }

    /** A source of its own for a named purpose: what it draws does not move this one. */
    public SimulatedEntropy fork(String purpose) {
        return new SimulatedEntropy(mix(seed ^ (purpose.hashCode() * GOLDEN_GAMMA)));
    }

    @Override
    public long nextLong() {
        state += GOLDEN_GAMMA;
        return mix(state);
    }

    @Override
    public int nextInt(int bound) {
        if (bound < 1) {
            throw new IllegalArgumentException("bound " + bound + " is not positive");
        }
        return (int) (((nextLong() >>> 32) * bound) >>> 32);
    }

    /** A long with min ≤ result ≤ max. */
    public long between(long min, long max) {
        if (min > max) {
            throw new IllegalArgumentException(min + " is above " + max);
        }
        long width = max - min + 1;
        return width <= 0 ? nextLong() : min + Math.floorMod(nextLong() >>> 1, width);
    }

    /** True in this share of the calls, 0 ≤ share ≤ 1. */
    public boolean chance(double share) {
        return (nextLong() >>> 11) * 0x1.0p-53 < share;
    }

    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D0_49BB_1331_11EBL;
        return mixed ^ (mixed >>> 31);
    }
}
