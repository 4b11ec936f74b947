package io.tombolo.environment.story;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;

/**
 * A simulation: many seeds of one world; {@code -Dseeds=} for more, {@code -Dseed=} for one.
 *
 * @param count how many seeds without {@code -Dseeds=}
 * @param steps of each story
 */
public record Seeds<C extends Enum<C>>(
        Class<?> simulation, int count, int steps, LongFunction<? extends World<C>> worlds) {

    private static final int STORIES_TOLD_TWICE = 5;

    /**
     * Runs every seed, or the one that was asked for.
     *
     * @param situations each must have come up in some seed; not looked at when there is only one
     */
    public void keepEachClaim(String... situations) {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        long first = only == null ? 0 : only;
        long end = only == null ? Integer.getInteger("seeds", count) : only + 1;
        for (long seed = first; seed < end; seed++) {
            keepEachClaim(seed).forEach((what, times) -> seen.merge(what, times, Integer::sum));
        }
        if (only == null) {
            assertThat(seen.keySet())
                    .as("what must have happened at least once: %s", seen)
                    .contains(situations);
        }
    }

    private Map<String, Integer> keepEachClaim(long seed) {
        World<C> world = worlds.apply(seed);
        try {
            world.run(steps);
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError(
                    "replay with -Dtest=" + simulation.getSimpleName() + " -Dseed=" + seed, broken);
        }
        return world.seen();
    }

    /** The same seed gives the same story, to the letter. */
    public void tellOneStoryEach() {
        for (long seed = 0; seed < STORIES_TOLD_TWICE; seed++) {
            assertThat(worlds.apply(seed).run(steps)).isEqualTo(worlds.apply(seed).run(steps));
        }
    }

    /** The claim alone, of all, notices within so many seeds that these worlds are broken. */
    public void findBroken(C claim, int seedCount, LongFunction<? extends World<C>> broken) {
        for (long seed = 0; seed < seedCount; seed++) {
            World<C> world = broken.apply(seed);
            world.watchOnly(claim);
            try {
                world.run(steps);
            } catch (Violated found) {
                assertThat(found.claim()).isEqualTo(claim);
                return;
            }
        }
        throw new AssertionError(claim + " held in " + seedCount + " broken worlds");
    }
}
