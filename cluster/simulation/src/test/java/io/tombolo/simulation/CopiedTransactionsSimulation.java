package io.tombolo.simulation;

import io.tombolo.simulation.site.Shape;

import org.junit.jupiter.api.Test;

/** A region has copies of what another one writes in transactions, and takes over now and then. */
class CopiedTransactionsSimulation {

    @Test
    void copiesOfTransactionsKeepTheirLawsWhateverGoesWrong() {
        Seeds.run(Shape.COPIED_TRANSACTIONS, 60, CopiedTransactionsSimulation.class);
    }

    @Test
    void copiesInARegionOfThreeKeepThemToo() {
        Seeds.runFew(Shape.COPIED_TRANSACTIONS_OF_THREE, 8, CopiedTransactionsSimulation.class);
    }
}
