package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.transaction.MarkerWorld.Claim;
import io.tombolo.broker.transaction.MarkerWorld.Mistake;
import io.tombolo.broker.transaction.MarkerWorld.Violated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Markers under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class MarkerSimulation {

    private static final int STEPS = 400;
    private static final int SEEDS = Integer.getInteger("seeds", 300);

    @Test
    void markersEndEachTransactionAsDecidedAndNoOther() {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        for (long seed = only == null ? 0 : only;
                seed < (only == null ? SEEDS : only + 1);
                seed++) {
            var world = new MarkerWorld(seed, Mistake.NONE);
            try {
                world.run(STEPS);
            } catch (AssertionError | RuntimeException broken) {
                throw new AssertionError("replay with -Dseed=" + seed, broken);
            }
            world.seen.forEach((what, count) -> seen.merge(what, count, Integer::sum));
        }
        if (only == null) {
            assertThat(seen.keySet())
                    .as("what must have happened at least once: %s", seen)
                    .contains("begun", "failover", "answer lost", "late copy");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "LATE_COPIES_TAKEN, EACH_TRANSACTION_ENDS_AS_DECIDED",
        "LOST_MARKERS_COUNT, EACH_TRANSACTION_ENDS_AS_DECIDED",
        "REFUSED_MARKERS_COUNT, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "NOT_ASKED_FOR_AGAIN, THE_LAST_STABLE_OFFSET_MOVES_ON"
    })
    void eachClaimFindsTheMistakeThatBreaksIt(Mistake mistake, Claim claim) {
        Set<Claim> violated = EnumSet.noneOf(Claim.class);
        for (long seed = 0; seed < 400 && !violated.contains(claim); seed++) {
            try {
                new MarkerWorld(seed, mistake).run(STEPS);
            } catch (Violated found) {
                violated.add(found.claim);
            }
        }
        assertThat(violated).contains(claim);
    }
}
