package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeterminismTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void oneSeedTwiceGivesOneTrace(int regions) {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(traceOf(seed, regions))
                    .as("seed %d", seed)
                    .isEqualTo(traceOf(seed, regions));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void twoSeedsGiveTwoTraces(int regions) {
        assertThat(traceOf(1, regions)).isNotEqualTo(traceOf(2, regions));
    }

    private static long traceOf(long seed, int regions) {
        var world =
                new World(new Trial(seed, new Shape(regions, 1), Variant.SOUND), new Happenings());
        world.run();
        return world.trace();
    }
}
