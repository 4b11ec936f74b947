package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeterminismTest {

    @ParameterizedTest
    @EnumSource(Shape.class)
    void oneSeedTwiceGivesOneTrace(Shape shape) {
        for (long seed = 1; seed <= 5; seed++) {
            assertThat(traceOf(seed, shape)).as("seed %d", seed).isEqualTo(traceOf(seed, shape));
        }
    }

    @ParameterizedTest
    @EnumSource(Shape.class)
    void twoSeedsGiveTwoTraces(Shape shape) {
        assertThat(traceOf(1, shape)).isNotEqualTo(traceOf(2, shape));
    }

    private static long traceOf(long seed, Shape shape) {
        var world = new World(seed, shape, Variant.SOUND, new Happenings());
        world.run();
        return world.trace();
    }
}
