package io.tombolo.broker.transaction;

import io.tombolo.broker.transaction.MarkerWorld.Claim;
import io.tombolo.broker.transaction.MarkerWorld.Mistake;
import io.tombolo.environment.story.Seeds;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Markers under faults; {@code -Dseeds=} for more, {@code -Dseed=} for one. */
class MarkerSimulation {

    private static final Seeds<Claim> SEEDS =
            new Seeds<>(
                    MarkerSimulation.class, 300, 400, seed -> new MarkerWorld(seed, Mistake.NONE));

    @Test
    void markersEndEachTransactionAsDecidedAndNoOther() {
        SEEDS.keepEachClaim("begun", "failover", "answer lost", "late copy");
    }

    @ParameterizedTest
    @CsvSource({
        "LATE_COPIES_TAKEN, EACH_TRANSACTION_ENDS_AS_DECIDED",
        "LOST_MARKERS_COUNT, EACH_TRANSACTION_ENDS_AS_DECIDED",
        "REFUSED_MARKERS_COUNT, THE_LAST_STABLE_OFFSET_MOVES_ON",
        "NOT_ASKED_FOR_AGAIN, THE_LAST_STABLE_OFFSET_MOVES_ON"
    })
    void eachClaimFindsTheMistakeThatBreaksIt(Mistake mistake, Claim claim) {
        SEEDS.findBroken(claim, 400, seed -> new MarkerWorld(seed, mistake));
    }
}
