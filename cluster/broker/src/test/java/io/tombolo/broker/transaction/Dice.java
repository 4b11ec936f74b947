package io.tombolo.broker.transaction;

import io.tombolo.environment.Entropy;

import java.util.SplittableRandom;

/** Randomness of one seed. */
record Dice(SplittableRandom random) implements Entropy {

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
