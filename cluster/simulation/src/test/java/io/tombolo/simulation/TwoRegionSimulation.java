package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.EnumSet;

class TwoRegionSimulation {

    @Test
    void twoLinkedRegionsKeepTheirLawsWhateverGoesWrong() {
        Seeds.run(
                Shape.TWO_REGIONS,
                180,
                TwoRegionSimulation.class,
                EnumSet.complementOf(EnumSet.of(Happening.GROUP_CLAMPED)));
    }

    /** Found by seed 9: cut off by a restart after its claim, a failover was never finished. */
    @ParameterizedTest
    @ValueSource(longs = {9, 98})
    void aFailoverThatARestartCutOffIsFinished(long seed) {
        var happenings = new Happenings();

        new World(seed, Shape.TWO_REGIONS, Variant.SOUND, happenings).run();

        assertThat(happenings.count(Happening.FAILOVER_FINISHED_BY_A_RESTART)).isPositive();
    }
}
