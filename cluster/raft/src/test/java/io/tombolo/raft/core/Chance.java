package io.tombolo.raft.core;

import io.tombolo.environment.Entropy;

import java.util.SplittableRandom;

/** All chance of one simulation, from one seed. */
final class Chance implements Entropy {

    private final SplittableRandom random;

    Chance(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }

    boolean oneIn(int count) {
        return random.nextInt(count) == 0;
    }

    boolean percent(int percent) {
        return random.nextInt(100) < percent;
    }

    /** From low (inclusive) to high (exclusive). */
    long between(long low, long high) {
        return low + random.nextLong(high - low);
    }
}
