package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeterminismTest {

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 3", "2, 3"})
    void oneSeedTwiceGivesOneTrace(int regions, int brokers) {
        var shape = new Shape(regions, brokers);
        for (long seed = 1; seed <= 3; seed++) {
            assertThat(traceOf(seed, shape)).as("seed %d", seed).isEqualTo(traceOf(seed, shape));
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "1, 3"})
    void twoSeedsGiveTwoTraces(int regions, int brokers) {
        var shape = new Shape(regions, brokers);
        assertThat(traceOf(1, shape)).isNotEqualTo(traceOf(2, shape));
    }

    private static long traceOf(long seed, Shape shape) {
        var world = new World(new Trial(seed, shape, Variant.SOUND), new Happenings());
        world.run();
        return world.trace();
    }
}
