package io.tombolo.region.link;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.stream.LongStream;

class LagHistoryTest {

    @Test
    void percentilesAreOfWhatWasKnown() {
        var hundred = new LagHistory(LongStream.rangeClosed(1, 100).boxed().toList());
        var three = new LagHistory(List.of(40L, -1L, 900L, -1L, 50L));

        assertThat(hundred.percentileMs(50)).isEqualTo(50);
        assertThat(hundred.percentileMs(99)).isEqualTo(99);
        assertThat(hundred.percentileMs(100)).isEqualTo(100);
        assertThat(three.percentileMs(50)).isEqualTo(50);
        assertThat(three.percentileMs(100)).isEqualTo(900);
        assertThat(three.knownCount()).isEqualTo(3);
    }

    @Test
    void nothingIsClaimedBeforeAnybodyLooked() {
        assertThat(LagHistory.NONE.percentileMs(99)).isEqualTo(-1);
        assertThat(new LagHistory(List.of(-1L)).percentileMs(50)).isEqualTo(-1);
    }

    @Test
    void twoTogetherAreAsFarBehindAsTheWorseAtEachMoment() {
        var one = new LagHistory(List.of(10L, 20L, 30L, 40L));
        var other = new LagHistory(List.of(15L, -1L, 5L));

        assertThat(one.plus(other).ms()).containsExactly(15L, -1L, 30L);
        assertThat(one.plus(LagHistory.NONE).ms()).isEmpty();
    }

    @Test
    void itGoesBackFiveMinutesAtMost() {
        var endless = new LagHistory(LongStream.range(0, 1_000).boxed().toList());

        assertThat(endless.ms()).hasSize(LagHistory.SECONDS_MAX).endsWith(299L);
    }
}
