package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.log.LogHistory.Mutant;
import io.tombolo.storage.partition.LogOpening;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

class PartitionLogSimulation {

    private static final int SEEDS = Integer.getInteger("storage.seeds", 300);
    private static final int STEPS = 150;
    private static final int MUTANT_SEEDS = 1_500;

    @Test
    void aLogIsWhatWasAppendedToItThroughEveryCrash() {
        for (long seed = 1; seed <= SEEDS; seed++) {
            run(seed, Mutant.NONE);
        }
    }

    @Test
    void aLogIsWhatWasAppendedToItWhileItMovesBetweenDirectories() {
        int moved = 0;
        int resumed = 0;
        int foundTwice = 0;
        for (long seed = 1; seed <= SEEDS; seed++) {
            MovingLog moves = run(seed, Mutant.MOVING).moves().orElseThrow();
            moved += moves.movedCount;
            resumed += moves.resumedCount;
            foundTwice += moves.foundTwiceCount;
        }
        assertThat(moved).as("moves").isPositive();
        assertThat(resumed).as("moves that went on after a start").isPositive();
        assertThat(foundTwice).as("crashes in the middle of a swap").isPositive();
    }

    private static LogHistory run(long seed, Mutant mutant) {
        try {
            var history = new LogHistory(seed, mutant);
            history.live(STEPS);
            return history;
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
                LogOpening.Caution.FULL, path -> path.toString().endsWith("orders-0")),
        THE_NAME_OF_A_NEW_LOG_IS_NOT_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().endsWith("/one")),
        WHOSE_A_NEW_LOG_IS_IS_NOT_FORCED(
                LogOpening.Caution.FULL, path -> path.toString().endsWith("partition.metadata")),
        A_MOVE_IS_NOT_ALIGNED_AFTER_A_CRASH(new LogMove.Rules(false, true, true, true)),
        A_MOVE_FORGETS_WHAT_RECORDS_DO_NOT_TELL(new LogMove.Rules(true, false, true, true)),
        A_MOVE_DOES_NOT_FOLLOW_A_CUT(new LogMove.Rules(true, true, false, true)),
        A_MOVE_SWAPS_BEFORE_ALL_IS_FORCED(new LogMove.Rules(true, true, true, false));

        private final Mutant mutant;

        Wrong(LogOpening.Caution caution, Predicate<Path> forgotten) {
            this.mutant = new Mutant(caution, forgotten);
        }

        Wrong(LogMove.Rules rules) {
            this.mutant = new Mutant(LogOpening.Caution.FULL, path -> false, Optional.of(rules));
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
