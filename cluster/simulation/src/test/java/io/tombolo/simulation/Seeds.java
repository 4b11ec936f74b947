package io.tombolo.simulation;

/** Which seeds are run, and how a failing one is shown again. */
final class Seeds {

    private static final int SHARES = 300;

    private Seeds() {}

    /**
     * Runs a share of the seeds, or the one that {@code -Dseed} names.
     *
     * @param share of 300 seeds; {@code -Dseeds} asks for more in proportion
     */
    static Happenings run(Shape shape, int share, Class<?> test) {
        var happenings = new Happenings();
        Long only = Long.getLong("seed");
        if (only != null) {
            run(only, shape, happenings, test);
            return happenings;
        }
        long count = (long) Integer.getInteger("seeds", SHARES) * share / SHARES;
        for (long seed = 1; seed <= count; seed++) {
            run(seed, shape, happenings, test);
        }
        return happenings;
    }

    private static void run(long seed, Shape shape, Happenings happenings, Class<?> test) {
        try {
            var w = World.run(seed, shape, Variant.SOUND, happenings); if (Boolean.getBoolean("show")) System.out.println("SHOW " + seed + " events " + w.eventCount() + " " + happenings);
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError(
                    "seed %d: %s%nreplay: ./mvnw -pl cluster/simulation test -Dtest=%s -Dseed=%d"
                            .formatted(seed, failure.getMessage(), test.getSimpleName(), seed),
                    failure);
        }
    }
}
