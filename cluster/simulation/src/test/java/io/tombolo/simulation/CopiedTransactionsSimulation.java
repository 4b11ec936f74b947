package io.tombolo.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.simulation.law.Happening;
import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

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

    /** Once, it was not told when the same partition had the end of the one before as well. */
    @Test
    void whatIsTornIsToldOfTransactionsInARow() {
        var happenings = new Happenings();

        new World(new Trial(100, Shape.COPIED_TRANSACTIONS, Variant.SOUND), happenings).run();

        assertThat(happenings.count(Happening.TRANSACTION_TORN)).isPositive();
    }
}
