package io.tombolo.simulation;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;

class ThreeBrokersSimulation {

    @Test
    void aRegionOfThreeKeepsItsLawsWhateverGoesWrong() {
        Seeds.run(Shape.THREE_BROKERS, 120, ThreeBrokersSimulation.class);
    }

    /** Once, a replica that waits for its offline directory was taken for a mistake of ours. */
    @Test
    void aReplicaInADirectoryThatIsOfflineIsNoMistake() {
        new World(new Trial(25, Shape.THREE_BROKERS, Variant.SOUND), new Happenings()).run();
    }
}
