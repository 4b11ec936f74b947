package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.log.DirectoryHealth.Verdict;

import org.junit.jupiter.api.Test;

import java.io.IOException;

/** The cases of the table in {@link DirectoryHealth}. */
class DirectoryHealthTest {

    private static final IOException FAULT = new IOException("Input/output error");

    private final DirectoryHealth health = new DirectoryHealth();

    @Test
    void aMistakeOfOursSaysNothingOfTheDisk() {
        assertThat(health.logFailed(log(1), new IllegalStateException("wrong")))
                .isEqualTo(Verdict.GO_ON);
    }

    @Test
    void aLogThatFailsAloneTakesNoOtherWithIt() {
        assertThat(health.logFailed(log(1), FAULT)).isEqualTo(Verdict.PROBE);
        assertThat(health.probed(true, false)).isEqualTo(Verdict.GO_ON);
    }

    @Test
    void aLogThatFailsAgainAndAgainCountsOnce() {
        for (int time = 0; time < 9; time++) {
            health.logFailed(log(1), FAULT);
            assertThat(health.probed(true, false)).isEqualTo(Verdict.GO_ON);
        }
    }

    @Test
    void aProbeThatFailsTakesTheDirectoryOfflineOnce() {
        health.logFailed(log(1), FAULT);

        assertThat(health.probed(false, false)).isEqualTo(Verdict.OFFLINE);
        assertThat(health.logFailed(log(2), FAULT)).isEqualTo(Verdict.GO_ON);
        assertThat(health.directoryFailed()).isEqualTo(Verdict.GO_ON);
        assertThat(health.probed(false, false)).isEqualTo(Verdict.GO_ON);
    }

    @Test
    void severalLogsThatFailTakeTheDirectoryOfflineWhateverTheProbeSays() {
        Verdict last = Verdict.GO_ON;
        for (int number = 1; number <= DirectoryHealth.FAILED_LOGS_MAX; number++) {
            assertThat(last).isEqualTo(Verdict.GO_ON);
            health.logFailed(log(number), FAULT);
            last = health.probed(true, false);
        }
        assertThat(last).isEqualTo(Verdict.OFFLINE);
    }

    @Test
    void aFullDiskIsNotABrokenOne() {
        for (int number = 1; number <= 9; number++) {
            health.logFailed(log(number), FAULT);
            assertThat(health.probed(false, true)).isEqualTo(Verdict.GO_ON);
        }
        health.logFailed(log(10), FAULT);
        assertThat(health.probed(true, false)).isEqualTo(Verdict.GO_ON);
    }

    @Test
    void aFaultOfTheDirectoryItselfIsLookedInto() {
        assertThat(health.directoryFailed()).isEqualTo(Verdict.PROBE);
        assertThat(health.probed(false, false)).isEqualTo(Verdict.OFFLINE);
    }

    private static LogName log(int number) {
        return new LogName("topic", number);
    }
}
