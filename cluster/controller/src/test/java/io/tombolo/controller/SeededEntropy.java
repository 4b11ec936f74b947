package io.tombolo.controller;

import io.tombolo.environment.Entropy;

import java.util.Random;

/** Entropy that repeats itself. */
record SeededEntropy(Random random) implements Entropy {

    SeededEntropy(long seed) {
        this(new Random(seed));
    }

    @Override
    public long nextLong() {
        return random.nextLong();
    }

    @Override
    public int nextInt(int bound) {
        return random.nextInt(bound);
    }
}
