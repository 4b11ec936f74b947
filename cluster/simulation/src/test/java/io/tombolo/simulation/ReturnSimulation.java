package io.tombolo.simulation;

import io.tombolo.simulation.law.Happenings;
import io.tombolo.simulation.mutant.Variant;
import io.tombolo.simulation.site.Shape;
import io.tombolo.simulation.world.Trial;
import io.tombolo.simulation.world.World;

import org.junit.jupiter.api.Test;

/** A region is taken over while it goes on writing, hears of it, and gets its topics back. */
class ReturnSimulation {

    @Test
    void whatOnlyTheLostRegionHadIsSetAsideWhateverGoesWrong() {
        Seeds.run(Shape.RETURN, 100, ReturnSimulation.class);
    }

    @Test
    void aLostRegionOfThreeSetsAsideWhatOnlyItHad() {
        Seeds.runFew(Shape.RETURN_OF_THREE, 3, ReturnSimulation.class);
    }

    /**
     * Once, it followed, since its topic was taken over again and no mirror any more; at the next
     * return it cut off what was committed meanwhile.
     */
    @Test
    void aReplicaThatWasAwayIsCutAlthoughItsTopicWasTakenOverAgain() {
        replay(17);
    }

    /** Once, a leader that had not heard of it yet refused for good what clients may write. */
    @Test
    void producersThatAreEarlyAskAgain() {
        replay(41);
    }

    /** Once, it was not, after a restart and an unclean election, while a topic came back. */
    @Test
    void whatAReplicaThrowsAwayWhileItsTopicComesBackIsTold() {
        replay(16);
    }

    private static void replay(long seed) {
        new World(new Trial(seed, Shape.RETURN_OF_THREE, Variant.SOUND), new Happenings()).run();
    }
}
