package io.tombolo.broker.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.link.PromotionScenario.Mutant;
import io.tombolo.environment.simulated.SimulationFailure;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Brokers of one region take over a link's topics while leaders move and brokers die. */
class PromotionSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 150);

    @Test
    void everyTopicIsTakenOverOnceItsCopyHasEndedAndItsGroupsAreWithinIt() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? SEEDS : first;
        int moves = 0;
        int clamped = 0;
        int aborted = 0;
        for (long seed = first; seed <= last; seed++) {
            var scenario = new PromotionScenario(seed, Mutant.NONE);
            try {
                scenario.run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
            moves += scenario.moveCount;
            clamped += scenario.clampedCount();
            aborted += scenario.abortedCount();
        }
        assertThat(moves).as("leaders that moved in the middle").isPositive();
        assertThat(clamped).as("positions that were beyond the copy").isPositive();
        assertThat(aborted).as("transactions that the copy left open").isPositive();
    }

    @ParameterizedTest
    @EnumSource(value = Mutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaughtByItsLaw(Mutant mutant) {
        String caught = "";
        for (long seed = 1; seed <= 300 && !caught.startsWith(mutant.law()); seed++) {
            try {
                new PromotionScenario(seed, mutant).run();
            } catch (PromotionScenario.Broken broken) {
                caught = String.valueOf(broken.getMessage());
            } catch (SimulationFailure failure) {
                caught =
                        failure.getCause() instanceof PromotionScenario.Broken broken
                                ? String.valueOf(broken.getMessage())
                                : caught;
            }
        }
        assertThat(caught).startsWith(mutant.law());
    }
}
