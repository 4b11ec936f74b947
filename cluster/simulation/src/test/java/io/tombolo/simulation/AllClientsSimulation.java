package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class AllClientsSimulation {

    /**
     * Transactions and who reads what they have committed, while other producers, groups and
     * administrators use the same partitions, and brokers are emptied and leave.
     */
    @Test
    void transactionsKeepTheirLawsAmongOtherClientsAndTheseTheirs() {
        Seeds.runFew(Shape.ALL_CLIENTS, 20, AllClientsSimulation.class);
    }
}
