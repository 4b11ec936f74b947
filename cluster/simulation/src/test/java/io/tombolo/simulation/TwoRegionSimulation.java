package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TwoRegionSimulation {

    @Test
    void twoLinkedRegionsKeepTheirLawsWhateverGoesWrong() {
        Seeds.run(Shape.TWO_REGIONS, 180, TwoRegionSimulation.class);
    }

    /** Once, a failover that a restart cut off after its claim was never finished. */
    @ParameterizedTest
    @ValueSource(longs = {18, 97})
    void aFailoverThatARestartCutOffIsFinished(long seed) {
        var happenings = new Happenings();

        new World(new Trial(seed, Shape.TWO_REGIONS, Variant.SOUND), happenings).run();

        assertThat(happenings.count(Happening.FAILOVER_FINISHED_BY_A_RESTART)).isPositive();
    }

    /**
     * Once, a process that finished what an earlier one had begun said that nothing was missing.
     */
    @Test
    void aLossOfWhichNothingIsKnownAfterARestartIsNotCalledNone() {
        new World(new Trial(1082, Shape.TWO_REGIONS, Variant.SOUND), new Happenings()).run();
    }
}
