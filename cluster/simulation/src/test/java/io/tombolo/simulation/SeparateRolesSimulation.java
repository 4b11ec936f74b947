package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class SeparateRolesSimulation {

    @Test
    void aRegionWithControllersOfItsOwnKeepsItsLawsWhateverGoesWrong() {
        Seeds.runFew(Shape.SEPARATE_ROLES, 40, SeparateRolesSimulation.class);
    }
}
