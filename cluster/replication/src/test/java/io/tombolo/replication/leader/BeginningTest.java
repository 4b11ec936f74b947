package io.tombolo.replication.leader;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BeginningTest {

    @Test
    void whoHasRecordsOfTheLeaderBeforeLacksOnlyWhatComesAfterItsOwn() {
        var begun = new Beginning(8, 100, 90, 7);

        assertThat(begun.lostFromOffset(7)).isEqualTo(100);
    }

    @Test
    void aLogThatEndsInAnEarlierEpochMayEndInWhatWasNeverCommitted() {
        var begun = new Beginning(8, 100, 90, 5);

        assertThat(begun.lostFromOffset(7)).isEqualTo(90);
    }

    @Test
    void whoeverDoesNotKnowWhenSomebodyLedLastIsSureOnlyOfWhatWasCommitted() {
        var begun = new Beginning(8, 100, 90, 7);

        assertThat(begun.lostFromOffset(-1)).isEqualTo(90);
    }

    @Test
    void aLogThatLostRecordsBelowItsHighWatermarkEndsWhereTheyAreMissing() {
        var begun = new Beginning(8, 80, 90, 5);

        assertThat(begun.lostFromOffset(7)).isEqualTo(80);
    }
}
