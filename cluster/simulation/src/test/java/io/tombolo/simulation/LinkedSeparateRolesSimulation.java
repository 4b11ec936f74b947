package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class LinkedSeparateRolesSimulation {

    /** What is done for a link as a whole falls to some broker, although none is the controller. */
    @Test
    void linkedRegionsWithControllersOfTheirOwnKeepTheirLawsWhateverGoesWrong() {
        Seeds.runFew(Shape.TWO_REGIONS_OF_SEPARATE_ROLES, 8, LinkedSeparateRolesSimulation.class);
    }
}
