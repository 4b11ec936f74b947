package io.tombolo.coordinator.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.transaction.TransactionWorld.Claim;
import io.tombolo.coordinator.transaction.TransactionWorld.Violated;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Transactions under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class TransactionSimulation {

    private static final int STEPS = 600;
    private static final int SEEDS = Integer.getInteger("seeds", 300);

    private static TransactionWorld world(long seed) {
        return new TransactionWorld(seed, new TransactionMachine(TransactionWorld.SETTINGS));
    }

    @Test
    void transactionsKeepTheirPromisesUnderFaults() {
        Map<String, Integer> seen = new TreeMap<>();
        Long only = Long.getLong("seed");
        for (long seed = only == null ? 0 : only;
                seed < (only == null ? SEEDS : only + 1);
                seed++) {
            TransactionWorld world = world(seed);
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
                    .contains(
                            "failover while Empty",
                            "failover while Ongoing",
                            "failover while PrepareCommit",
                            "failover while PrepareAbort",
                            "failover while CompleteCommit",
                            "failover while CompleteAbort",
                            "marker WRITTEN",
                            "marker OLD_NEWS",
                            "marker FENCED",
                            "answer lost",
                            "batch refused",
                            "timed out",
                            "begin CONCURRENT_TRANSACTIONS",
                            "begin PRODUCER_FENCED",
                            "end CONCURRENT_TRANSACTIONS",
                            "end PRODUCER_FENCED",
                            "end INVALID_PRODUCER_ID_MAPPING");
        }
    }

    @Test
    void oneSeedGivesOneStory() {
        for (long seed = 0; seed < 5; seed++) {
            assertThat(world(seed).run(STEPS)).isEqualTo(world(seed).run(STEPS));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ENDS_NOT_RECORDED, ACKNOWLEDGED_COMMITS_STAND",
        "ENDS_NOT_RECORDED, A_RELOAD_FINDS_WHAT_WAS_COMMITTED",
        "EPOCHS_NOT_RECORDED, AN_IDENTITY_HAS_ONE_HOLDER",
        "FENCES_WITHOUT_AN_EPOCH, EPOCHS_NEVER_GO_BACK",
        "VERIFIES_ANYTHING, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "TIMEOUTS_NEVER_RING, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "MARKERS_NOT_ASKED_FOR_AGAIN, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "CHANGES_ITS_MIND, A_TRANSACTION_HAS_ONE_OUTCOME",
        "COMPLETES_WITH_THE_FIRST_MARKER, ONLY_COMMITTED_TRANSACTIONS_ARE_COMMITTED",
        "FENCED_CLIENTS_FORGOTTEN, EVERY_CLIENT_IS_ANSWERED"
    })
    void eachClaimFindsACoordinatorThatBreaksIt(Mutant.Kind kind, Claim claim) {
        assertThat(violated(kind, claim)).containsExactly(claim);
    }

    private static Set<Claim> violated(Mutant.Kind kind, Claim claim) {
        var violated = EnumSet.noneOf(Claim.class);
        for (long seed = 0; seed < 400 && violated.isEmpty(); seed++) {
            var world = new TransactionWorld(seed, new Mutant(TransactionWorld.SETTINGS, kind));
            world.watchOnly(claim);
            try {
                world.run(STEPS);
            } catch (Violated found) {
                violated.add(found.claim);
            }
        }
        return violated;
    }
}
