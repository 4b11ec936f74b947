package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

class TransactionsSimulation {

    /**
     * Coordinators, leaders, senders of markers and positions of groups together, under everything
     * that goes wrong in a region of three.
     */
    @Test
    void transactionsKeepTheirLawsWhateverGoesWrong() {
        Seeds.run(Shape.TRANSACTIONS, 70, TransactionsSimulation.class);
    }
}
