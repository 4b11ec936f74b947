package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

/**
 * All kinds of clients use a region that is copied, and find their groups where it is taken over.
 */
class LinkedClientsSimulation {

    @Test
    void clientsOfAllKindsKeepTheirLawsInBothRegions() {
        Seeds.runFew(Shape.LINKED_CLIENTS, 20, LinkedClientsSimulation.class);
    }
}
