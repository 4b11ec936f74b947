package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;

/** Which seeds are run, and how a failing one is shown again. */
final class Seeds {

    private static final int SHARES = 300;
    private static final int SEEDS = 600;

    private Seeds() {}

    /**
     * Runs a share of the seeds, or the one that {@code -Dseed} names.
     *
     * @param share of every 300 seeds; {@code -Dseeds} says how many there are in all
     * @param sometimes what must have happened in at least one of them
     */
    static void run(Shape shape, int share, Class<?> test, Set<Happening> sometimes) {
        var happenings = new Happenings();
        Long only = Long.getLong("seed");
        if (only != null) {
            run(only, shape, happenings, test);
            return;
        }
        long count = (long) Integer.getInteger("seeds", SEEDS) * share / SHARES;
        for (long seed = 1; seed <= count; seed++) {
            run(seed, shape, happenings, test);
        }
        for (Happening happening : sometimes) {
            assertThat(happenings.count(happening))
                    .as("%s in %d seeds, of all that happened: %s", happening, count, happenings)
                    .isPositive();
        }
    }

    private static void run(long seed, Shape shape, Happenings happenings, Class<?> test) {
        try {
            new World(seed, shape, Variant.SOUND, happenings).run();
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "seed %d: %s%nreplay: ./mvnw -pl cluster/simulation test -Dtest=%s -Dseed=%d"
                            .formatted(seed, failure.getMessage(), test.getSimpleName(), seed),
                    failure);
        }
    }
}
