package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulationFailure;
import io.tombolo.linker.TargetsScenario.Mutant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A link into a region of three brokers whose leaders move; see {@link TargetsScenario}. */
class TargetsSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 60);

    @Test
    void copyingFollowsTheLeadersOfTheCopies() {
        long first = Long.getLong("seed", 1);
        long last = Long.getLong("seed") == null ? SEEDS : first;
        int moves = 0;
        int kills = 0;
        int commits = 0;
        for (long seed = first; seed <= last; seed++) {
            var scenario = new TargetsScenario(seed, Mutant.NONE);
            try {
                scenario.run();
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
            moves += scenario.moveCount;
            kills += scenario.killCount;
            commits += scenario.region.groups.size();
        }
        assertThat(moves).as("moves of leaders").isPositive();
        assertThat(kills).as("brokers killed").isPositive();
        assertThat(commits).as("groups copied").isPositive();
    }

    @ParameterizedTest
    @EnumSource(value = Mutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaughtByItsInvariant(Mutant mutant) {
        String caught = "";
        for (long seed = 1; seed <= 60 && !caught.startsWith(mutant.invariant()); seed++) {
            try {
                new TargetsScenario(seed, mutant).run();
            } catch (AssertionError broken) {
                caught = String.valueOf(broken.getMessage());
            } catch (SimulationFailure failure) {
                caught = failure.getCause() == null ? "" : failure.getCause().getMessage();
            }
        }
        assertThat(caught).startsWith(mutant.invariant());
    }
}
