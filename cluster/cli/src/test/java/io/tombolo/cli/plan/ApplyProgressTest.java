package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.concurrent.TimeUnit;

class ApplyProgressTest {

    private static final long T0 = -TimeUnit.SECONDS.toNanos(3);

    @Test
    void whatTakesLongTellsEachFiveSecondsHowLongItStillTakes() {
        var progress = new ApplyProgress(60, T0);

        assertThat(progress.after(3, T0 + seconds(4))).isEmpty();
        assertThat(progress.after(20, T0 + seconds(6)))
                .contains("20 of 60 steps, about 12.0 s left");
        assertThat(progress.after(30, T0 + seconds(10))).isEmpty();
        assertThat(progress.after(40, T0 + seconds(12)))
                .contains("40 of 60 steps, about 6.0 s left");
        assertThat(progress.after(60, T0 + seconds(18))).isEmpty();
    }

    private static long seconds(long count) {
        return TimeUnit.SECONDS.toNanos(count);
    }
}
