package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.law.Law;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;

class ShrinkingTest {

    private static final int SEEDS_MAX = 25;

    @Test
    void aFailingScriptIsReducedToWhatStillFails() {
        Trial failing = failing();
        var whole = new World(failing, new Happenings()).script();
        Throwable failure = Shrinking.failureOf(failing, whole).orElseThrow();

        var shrunk = Shrinking.of(failing, failure);

        assertThat(shrunk.script().steps().size()).isLessThan(whole.steps().size()).isPositive();
        assertThat(Shrinking.failureOf(failing, shrunk.script()).map(Shrinking::kindOf))
                .contains(Law.PREFIX_KEPT);
    }

    private static Trial failing() {
        for (long seed = 1; seed <= SEEDS_MAX; seed++) {
            var trial = new Trial(seed, Shape.ONE_REGION, Variant.DISK_DAMAGES_WHAT_IT_HOLDS);
            var script = new World(trial, new Happenings()).script();
            var failure = Shrinking.failureOf(trial, script).map(Shrinking::kindOf);
            if (script.steps().size() > 1 && failure.filter(Law.PREFIX_KEPT::equals).isPresent()) {
                return trial;
            }
        }
        throw new AssertionError("no seed fails");
    }
}
