package io.tombolo.simulation;

import org.junit.jupiter.api.Test;

class TwoRegionSimulation {

    @Test
    void twoLinkedRegionsKeepTheirLawsWhateverGoesWrong() {
        Seeds.run(Shape.TWO_REGIONS, 200, TwoRegionSimulation.class);
    }
}
