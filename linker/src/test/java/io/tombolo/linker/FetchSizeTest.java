package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class FetchSizeTest {

    private static final int MOST = 16 << 20;

    private final FetchSize size = new FetchSize();

    private void answers(int count, int bytes, long millis) {
        for (int answer = 0; answer < count; answer++) {
            size.answered(bytes, TimeUnit.MILLISECONDS.toNanos(millis));
        }
    }

    /** The source has more than is asked for and answers at the speed of light. */
    private void backlog(int count, long roundTripMs, long megabytesPerSecond) {
        for (int answer = 0; answer < count; answer++) {
            int bytes = size.bytes(MOST);
            answers(1, bytes, roundTripMs + bytes / (megabytesPerSecond * 1000));
        }
    }

    @Test
    void aNearSourceIsAskedForWhatStaysInTheCache() {
        assertThat(size.bytes(MOST)).isEqualTo(FetchSize.NEAR_BYTES);

        backlog(50, 1, 1000);

        assertThat(size.bytes(MOST)).isEqualTo(FetchSize.NEAR_BYTES);
    }

    @Test
    void aDistantSourceIsAskedForWhatTheRoundTripCarries() {
        backlog(FetchSize.PROBES, 40, 2000);

        assertThat(size.bytes(MOST)).isEqualTo(8_200_000);
    }

    @Test
    void oneQuickProbeTellsThatTheSourceIsNear() {
        answers(FetchSize.PROBES - 1, FetchSize.NEAR_BYTES, 300);

        answers(1, FetchSize.NEAR_BYTES, 1);

        assertThat(size.bytes(MOST)).isEqualTo(FetchSize.NEAR_BYTES);
    }

    @Test
    void answersThatTakeLongBecauseTheyAreLargeDoNotGrow() {
        backlog(FetchSize.PROBES, 20, 2000);
        int before = size.bytes(MOST);

        answers(50, before, 200);

        assertThat(size.bytes(MOST)).isEqualTo(before);
    }

    @Test
    void waitingForRecordsIsNoDistance() {
        answers(1000, 100, 500);

        backlog(FetchSize.PROBES, 1, 1000);

        assertThat(size.bytes(MOST)).isEqualTo(FetchSize.NEAR_BYTES);
    }

    @Test
    void whatMemoryAllowsIsNeverExceeded() {
        backlog(FetchSize.PROBES, 800, 1000);

        assertThat(size.bytes(MOST)).isEqualTo(MOST);
        assertThat(size.bytes(64 << 10)).isEqualTo(64 << 10);
    }

    @Test
    void aPathThatBecameLongerIsNoticedInTheNextPeriod() {
        backlog(5, 1, 1000);

        backlog(FetchSize.PERIOD_ANSWERS, 120, 1000);

        assertThat(size.bytes(MOST)).isEqualTo(MOST);
    }
}
