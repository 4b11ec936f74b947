package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class OneRegionSimulation {

    @Test
    void aRegionKeepsItsLawsWhateverGoesWrong() {
        Seeds.run(Shape.ONE_REGION, 120, OneRegionSimulation.class);
    }
}
