package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class OutageNoticeTest {

    private static final long SECOND = 1_000_000_000;

    private final OutageNotice notice = new OutageNotice();

    @Test
    void anOutageIsToldOnceThoughTheSourceAnswersNowAndThen() {
        assertThat(notice.failed(0)).isTrue();

        for (int second = 1; second <= 480; second += 4) {
            assertThat(notice.answered(second * SECOND)).isFalse();
            assertThat(notice.failed((second + 2) * SECOND)).isFalse();
        }
    }

    @Test
    void aSourceThatAnswersSteadilyIsBackAndItsNextOutageIsNews() {
        notice.failed(0);

        assertThat(notice.answered(29 * SECOND)).isFalse();
        assertThat(notice.answered(30 * SECOND)).isTrue();
        assertThat(notice.answered(31 * SECOND)).isFalse();
        assertThat(notice.failed(40 * SECOND)).isTrue();
    }

    @Test
    void aSourceThatWasNeverAwayIsNotBack() {
        assertThat(notice.answered(100 * SECOND)).isFalse();
    }
}
