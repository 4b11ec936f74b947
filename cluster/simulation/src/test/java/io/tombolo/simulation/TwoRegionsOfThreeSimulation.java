package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class TwoRegionsOfThreeSimulation {

    @Test
    void twoLinkedRegionsOfThreeKeepTheirLawsWhateverGoesWrong() {
        Seeds.runFew(Shape.TWO_REGIONS_OF_THREE, 16, TwoRegionsOfThreeSimulation.class);
    }
}
