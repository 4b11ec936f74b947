package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class FiveBrokersSimulation {

    @Test
    void aRegionOfFiveKeepsItsLawsWhateverGoesWrong() {
        Seeds.runFew(Shape.FIVE_BROKERS, 30, FiveBrokersSimulation.class);
    }
}
