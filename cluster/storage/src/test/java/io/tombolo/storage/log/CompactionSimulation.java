package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.cleaner.CleanerMutant;
import io.tombolo.storage.log.CompactionHistory.Mutant;
import io.tombolo.storage.partition.LogCompaction;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.function.Predicate;

class CompactionSimulation {

    private static final int SEEDS = Integer.getInteger("storage.seeds", 120);
    private static final int STEPS = 250;
    private static final int MUTANT_SEEDS = 600;

    @Test
    void whatIsLeftOfALogIsTheLatestOfEachKeyThroughEveryCrash() {
        int passes = 0;
        int crashes = 0;
        int finishedSwaps = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            CompactionHistory history = run(seed, Mutant.NONE);
            passes += history.passCount;
            crashes += history.crashCount;
            finishedSwaps += history.finishedSwapCount;
        }
        assertThat(passes).as("passes").isGreaterThan(SEEDS);
        assertThat(crashes).as("crashes").isGreaterThan(SEEDS);
        assertThat(finishedSwaps).as("crashes in the middle of a swap").isPositive();
    }

    private static CompactionHistory run(long seed, Mutant mutant) {
        try {
            var history = new CompactionHistory(seed, mutant);
            history.live(STEPS);
            return history;
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError("seed " + seed + ": " + broken.getMessage(), broken);
        }
    }

    /** Variants of the product that are wrong, each in one place. */
    enum Wrong {
        THE_LATEST_RECORD_IS_DROPPED(CleanerMutant.DROPS_THE_LATEST),
        TOMBSTONES_ARE_DROPPED_AT_ONCE(CleanerMutant.DROPS_TOMBSTONES_AT_ONCE),
        MARKERS_ARE_DROPPED_AT_ONCE(CleanerMutant.DROPS_MARKERS_AT_ONCE),
        LAST_SEQUENCES_ARE_DROPPED(CleanerMutant.DROPS_LAST_SEQUENCES),
        ABORTED_RECORDS_ARE_KEPT(CleanerMutant.KEEPS_ABORTED_RECORDS),
        OPEN_TRANSACTIONS_ARE_COMPACTED(new LogCompaction.Caution(true, false, true)),
        THE_HIGH_WATERMARK_IS_PASSED(new LogCompaction.Caution(true, true, false)),
        CLEANED_BATCHES_ARE_NOT_FORCED(path -> path.toString().endsWith(".log.cleaned")),
        CLEANED_INDEXES_ARE_NOT_FORCED(path -> path.toString().endsWith("index.cleaned"));

        private final Mutant mutant;

        Wrong(CleanerMutant cleaner) {
            this.mutant = new Mutant(cleaner, LogCompaction.Caution.FULL, path -> false);
        }

        Wrong(LogCompaction.Caution caution) {
            this.mutant = new Mutant(CleanerMutant.NONE, caution, path -> false);
        }

        Wrong(Predicate<Path> forgottenForces) {
            this.mutant =
                    new Mutant(CleanerMutant.NONE, LogCompaction.Caution.FULL, forgottenForces);
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
