package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class SeparateRolesSimulation {

    @Test
    void aRegionWithControllersOfItsOwnKeepsItsLawsWhateverGoesWrong() {
        Seeds.runFew(Shape.SEPARATE_ROLES, 40, SeparateRolesSimulation.class);
    }

    /** Coordinators and their markers are found by brokers that decide nothing. */
    @Test
    void transactionsKeepTheirLawsBesideControllersOfTheirOwn() {
        Seeds.runFew(Shape.TRANSACTIONS_OF_SEPARATE_ROLES, 12, SeparateRolesSimulation.class);
    }
}
