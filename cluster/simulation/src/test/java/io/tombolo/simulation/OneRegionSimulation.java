package io.tombolo.simulation;

import org.junit.jupiter.api.Test;

class OneRegionSimulation {

    @Test
    void aRegionKeepsItsLawsWhateverGoesWrong() {
        Seeds.run(Shape.ONE_REGION, 100, OneRegionSimulation.class);
    }
}
