package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import java.util.Arrays;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which seeds are run, and how a failing one is shown again. */
final class Seeds {

    private static final int SHARES = 300;
    private static final int SEEDS = 450;

    private final Shape shape;
    private final Class<?> test;
    private final Happenings happenings = new Happenings();
    private final Pace pace = new Pace();

    private Seeds(Shape shape, Class<?> test) {
        this.shape = shape;
        this.test = test;
    }

    /**
     * Runs a share of the seeds, or the one that {@code -Dseed} names, with the steps of its script
     * that {@code -Dsteps} names. Everything interesting must have happened in at least one of
     * them.
     *
     * @param share of every 300 seeds; {@code -Dseeds} says how many there are in all
     */
    static void run(Shape shape, int share, Class<?> test) {
        var seeds = new Seeds(shape, test);
        if (seeds.runShare(share)) {
            assertThat(seeds.happenings.missing(Happening.in(shape)))
                    .as("what never happened, of all that did: %s", seeds.happenings)
                    .isEmpty();
        }
    }

    /** The same for large worlds, of which too few are run for everything to happen. */
    static void runFew(Shape shape, int share, Class<?> test) {
        new Seeds(shape, test).runShare(share);
    }

    /** Runs the share, or else the one seed that was asked for; whether it was the share. */
    private boolean runShare(int share) {
        Long only = Long.getLong("seed");
        if (only == null) {
            runAll((long) Integer.getInteger("seeds", SEEDS) * share / SHARES);
        } else {
            replay(only);
        }
        return only == null;
    }

    private void runAll(long count) {
        for (long seed = 1; seed <= count; seed++) {
            var trial = new Trial(seed, shape, Variant.SOUND);
            var world = new World(trial, happenings);
            try {
                world.run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError(shortened(trial, failure), failure);
            }
            pace.lived(world.nowNanos());
        }
        System.out.printf("%s: %d seeds, %s, %s%n", test.getSimpleName(), count, pace, happenings);
    }

    private String shortened(Trial trial, Throwable failure) {
        var shrunk = Shrinking.of(trial, failure);
        return """
        seed %d: %s
        These steps of its script are enough, found in %d runs:
        %s
        replay: ./mvnw -pl cluster/simulation test -Dtest=%s -Dseed=%d -Dsteps=%s
        """
                .formatted(
                        trial.seed(),
                        failure.getMessage(),
                        shrunk.runs(),
                        shrunk.script(),
                        test.getSimpleName(),
                        trial.seed(),
                        shrunk.script().steps().stream()
                                .map(step -> Integer.toString(step.number()))
                                .collect(Collectors.joining(",")));
    }

    private void replay(long seed) {
        var world = new World(new Trial(seed, shape, Variant.SOUND), happenings);
        String steps = System.getProperty("steps");
        var script = steps == null ? world.script() : world.script().only(numbers(steps));
        System.out.printf("seed %d%n%s%n", seed, script);
        world.run(script);
    }

    private static SortedSet<Integer> numbers(String list) {
        return Arrays.stream(list.split(","))
                .filter(number -> !number.isBlank())
                .map(Integer::valueOf)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
