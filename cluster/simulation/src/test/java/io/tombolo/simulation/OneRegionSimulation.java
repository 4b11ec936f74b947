package io.tombolo.simulation;

import org.junit.jupiter.api.Test;

import java.util.EnumSet;

class OneRegionSimulation {

    @Test
    void aRegionKeepsItsLawsWhateverGoesWrong() {
        Seeds.run(
                Shape.ONE_REGION,
                120,
                OneRegionSimulation.class,
                EnumSet.of(
                        Happening.ACKNOWLEDGED,
                        Happening.CONSUMED,
                        Happening.OFFSET_COMMITTED,
                        Happening.KILLED,
                        Happening.POWER_LOST,
                        Happening.DISK_FAILED,
                        Happening.TAIL_LOST,
                        Happening.ACKED_LOST_BY_POWER,
                        Happening.LOG_REPAIRED));
    }
}
