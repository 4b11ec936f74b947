package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.log.LogHistory.Mutant;
import io.tombolo.storage.partition.LogOpening;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.function.Predicate;

class PartitionLogSimulation {

    private static final int SEEDS = Integer.getInteger("storage.seeds", 300);
    private static final int STEPS = 150;
    private static final int MUTANT_SEEDS = 400;

    @Test
    void aLogIsWhatWasAppendedToItThroughEveryCrash() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed, Mutant.NONE);
        }
    }

    private static void run(long seed, Mutant mutant) {
        try {
            new LogHistory(seed, mutant).live(STEPS);
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
        }
    }

    /** Variants of the product that are wrong, each in one place. */
    enum Wrong {
        RECOVERY_SKIPS_CHECKSUMS(caution(false, true), path -> false),
        INDEXES_ARE_BELIEVED_BLINDLY(caution(true, false), path -> false),
        RECOVERY_POINT_MOVES_BEFORE_BATCHES_ARE_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().endsWith(".log")),
        RECOVERY_POINT_MOVES_BEFORE_INDEXES_ARE_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().endsWith("index")),
        SNAPSHOTS_ARE_NOT_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().contains(".snapshot")),
        NAMES_OF_SEGMENTS_ARE_NOT_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().endsWith("orders-0"));

        private final Mutant mutant;

        Wrong(LogOpening.Caution caution, Predicate<Path> forgotten) {
            this.mutant = new Mutant(caution, forgotten);
        }

        private static LogOpening.Caution caution(boolean checksums, boolean indexes) {
            return new LogOpening.Caution(checksums, indexes, true);
        }
    }

    @ParameterizedTest
    @EnumSource(Wrong.class)
    void everyMutantIsCaught(Wrong wrong) {
        boolean caught = false;
        for (long seed = 1; seed <= MUTANT_SEEDS && !caught; seed++) {
            try {
                run(seed, wrong.mutant);
            } catch (AssertionError broken) {
                caught = true;
            }
        }
        assertThat(caught).as(wrong.name()).isTrue();
    }
}
