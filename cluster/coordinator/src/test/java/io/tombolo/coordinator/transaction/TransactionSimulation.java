package io.tombolo.coordinator.transaction;

import io.tombolo.coordinator.stage.StopsAtGaps;
import io.tombolo.coordinator.transaction.TransactionWorld.Claim;
import io.tombolo.environment.story.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Transactions under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class TransactionSimulation {

    private static final Seeds<Claim> SEEDS =
            new Seeds<>(TransactionSimulation.class, 300, 600, TransactionSimulation::world);

    private static TransactionWorld world(long seed) {
        return new TransactionWorld(seed, new TransactionMachine(TransactionWorld.SETTINGS));
    }

    @Test
    void transactionsKeepTheirPromisesUnderFaults() {
        SEEDS.keepEachClaim(
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
                "expired",
                "went on as another producer",
                "begin CONCURRENT_TRANSACTIONS",
                "begin PRODUCER_FENCED",
                "end CONCURRENT_TRANSACTIONS",
                "end PRODUCER_FENCED",
                "end INVALID_PRODUCER_ID_MAPPING");
    }

    @Test
    void oneSeedGivesOneStory() {
        SEEDS.tellOneStoryEach();
    }

    @ParameterizedTest
    @CsvSource({
        "ENDS_NOT_RECORDED, ACKNOWLEDGED_COMMITS_STAND",
        "ENDS_NOT_RECORDED, A_RELOAD_FINDS_WHAT_WAS_COMMITTED",
        "EPOCHS_NOT_RECORDED, AN_IDENTITY_HAS_ONE_HOLDER",
        "FENCES_WITHOUT_AN_EPOCH, EPOCHS_NEVER_GO_BACK",
        "VERIFIES_ANYTHING, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "TIMEOUTS_NEVER_RING, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "TIMEOUTS_NEVER_RING, UNUSED_IDS_ARE_FORGOTTEN",
        "MARKERS_NOT_ASKED_FOR_AGAIN, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "CHANGES_ITS_MIND, A_TRANSACTION_HAS_ONE_OUTCOME",
        "COMPLETES_WITH_THE_FIRST_MARKER, ONLY_COMMITTED_TRANSACTIONS_ARE_COMMITTED",
        "EXPIRES_WHAT_HAS_NOT_ENDED, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "FENCED_CLIENTS_FORGOTTEN, EVERY_CLIENT_IS_ANSWERED"
    })
    void eachClaimFindsACoordinatorThatBreaksIt(Mutant.Kind kind, Claim claim) {
        SEEDS.findBroken(
                claim,
                400,
                seed -> new TransactionWorld(seed, new Mutant(TransactionWorld.SETTINGS, kind)));
    }

    @Test
    void aCoordinatorThatStopsLoadingAtAGapIsFoundOut() {
        SEEDS.findBroken(
                Claim.A_COMPACTED_LOG_SAYS_THE_SAME,
                40,
                seed ->
                        new TransactionWorld(
                                seed,
                                new StopsAtGaps<>(
                                        new TransactionMachine(TransactionWorld.SETTINGS))));
    }
}
