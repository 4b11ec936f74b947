package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulationFailure;
import io.tombolo.replication.PartitionHistory.Broken;
import io.tombolo.replication.PartitionHistory.Law;
import io.tombolo.replication.PartitionHistory.Mutant;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PartitionSimulation {

    private static final int SEEDS = Integer.getInteger("seeds", 300);
    private static final int STEPS = 60;

    @Test
    void aPartitionKeepsItsLawsThroughEveryHistory() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            try {
                new PartitionHistory(seed, Mutant.NONE).live(STEPS);
            } catch (RuntimeException | AssertionError failure) {
                throw new AssertionError("seed " + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(value = Mutant.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void everyMutantIsCaughtByItsLaw(Mutant mutant) {
        Law caught = null;
        for (long seed = 1; seed <= 60 && caught != mutant.law(); seed++) {
            caught = brokenBy(seed, mutant);
        }
        assertThat(caught).isEqualTo(mutant.law());
    }

    private static Law brokenBy(long seed, Mutant mutant) {
        try {
            new PartitionHistory(seed, mutant).live(STEPS);
            return null;
        } catch (Broken broken) {
            return broken.law();
        } catch (SimulationFailure failure) {
            return failure.getCause() instanceof Broken broken ? broken.law() : null;
        }
    }
}
