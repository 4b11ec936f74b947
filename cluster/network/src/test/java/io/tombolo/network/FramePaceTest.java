package io.tombolo.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class FramePaceTest {

    private static final long SECOND = 1_000_000_000L;

    private final FramePace pace = new FramePace();

    @Test
    void timeInWhichNothingIsReadDoesNotCount() {
        pace.reading(true, 0);
        pace.follow(7, 0);
        pace.reading(false, 2 * SECOND);
        pace.reading(true, 100 * SECOND);

        assertThat(pace.readNanos(103 * SECOND)).isEqualTo(5 * SECOND);
    }

    @Test
    void theNextFrameStartsAfresh() {
        pace.reading(true, 0);
        pace.follow(7, 0);
        pace.follow(8, 10 * SECOND);

        assertThat(pace.readNanos(11 * SECOND)).isEqualTo(SECOND);
    }

    @Test
    void aFrameMayTakeTheStallTimeAndWhatItsSizeNeeds() {
        assertThat(FramePace.patienceNanos(30 * SECOND, 64 * 1024 * 10)).isEqualTo(40 * SECOND);
        assertThat(FramePace.patienceNanos(Long.MAX_VALUE, 1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void itIsSlowOnceItHasBeenSeenToComeTooSlowlyForHalfASecond() {
        pace.reading(true, 0);
        pace.follow(1, 0);
        assertThat(pace.isSlow(1_000_000, 0)).isFalse();
        assertThat(pace.isSlow(1_000_001, SECOND / 4)).isFalse();
        assertThat(pace.isSlow(1_000_002, SECOND / 2)).isTrue();
        assertThat(pace.isSlow(1_040_000, SECOND)).isFalse();
    }

    @Test
    void aFrameIsNotSlowWhileItIsNotReadNorRightAfterwards() {
        pace.reading(true, 0);
        pace.follow(1, 0);
        assertThat(pace.isSlow(10, 0)).isFalse();
        pace.reading(false, 1);
        assertThat(pace.isSlow(10, SECOND)).isFalse();
        pace.reading(true, 2 * SECOND);
        assertThat(pace.isSlow(10, 2 * SECOND)).isFalse();
    }
}
