package io.tombolo.simulation;

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

    /**
     * Seeds that have found something, and what.
     *
     * <ul>
     *   <li>9: a failover that was cut off by a restart after its claim was never finished
     * </ul>
     */
    @ParameterizedTest
    @ValueSource(longs = {9})
    void whatWasFoundOnceStaysRepaired(long seed) {
        new World(seed, Shape.TWO_REGIONS, Variant.SOUND, new Happenings()).run();
    }
}
