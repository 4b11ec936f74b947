package io.tombolo.linker.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.SimulatedEntropy;
import io.tombolo.environment.simulated.Simulator;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.util.ArrayList;
import java.util.List;

class SourceRateTest {

    private static final long MS = 1_000_000;

    private final SourceRate rate = new SourceRate();

    @Test
    void nothingMeasuredIsUnknownAndNotNothing() {
        assertThat(rate.atMost(MS)).isEqualTo(-1);

        rate.heard(5 * MS);

        assertThat(rate.atMost(MS)).isZero();
    }

    @Test
    void aSteadySourceGivesItsRateAndAtMostTwoSlotsMore() {
        steady(250, 0, 20_000);

        assertThat(rate.atMost(1_200 * MS)).isBetween(300L, 350L);
        assertThat(rate.atMost(90_000 * MS)).isBetween(22_500L, 22_550L);
    }

    @Test
    void aSteadySourceThatIsKnownForASecondOnlyIsNoSlowerForIt() {
        steady(250, 0, 1_000);

        assertThat(rate.atMost(4_000 * MS)).isBetween(1_000L, 1_300L);
    }

    @Test
    void aBurstCountsAsOneWhateverTheSpan() {
        rate.heard(0);
        rate.grew(500, 3_000 * MS, 3_080 * MS);
        rate.heard(30_000 * MS);

        assertThat(rate.atMost(MS)).isEqualTo(500);
        assertThat(rate.atMost(9_000 * MS)).isEqualTo(500);
        assertThat(rate.atMost(19_000 * MS)).isEqualTo(1_000);
    }

    @Test
    void whatIsHeardOfAfterALongSilenceIsSpreadOverIt() {
        rate.heard(0);
        rate.grew(1_000, 0, 10_000 * MS);

        assertThat(rate.atMost(1_000 * MS)).isBetween(100L, 120L);
    }

    @Test
    void aMinuteInWhichTheSourceIsHeardIsRememberedAndSilenceForgetsNothing() {
        rate.heard(0);
        rate.grew(500, 0, 80 * MS);

        rate.heard(59_000 * MS);
        assertThat(rate.atMost(MS)).isEqualTo(500);

        rate.heard(61_000 * MS);
        assertThat(rate.atMost(MS)).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void noSpanOfTheLastMinuteEverHadMore(long seed) {
        SimulatedEntropy dice = new Simulator(seed).entropy("rate");
        List<long[]> growth = new ArrayList<>();
        long now = -40_000 * MS;
        rate.heard(now);
        for (int i = 0; i < 400; i++) {
            long before = now;
            now += dice.between(1, 150) * MS;
            long records = dice.between(0, 40);
            rate.grew(records, before, now);
            growth.add(new long[] {now, records});
        }
        for (long span : new long[] {1, 99, 100, 350, 2_000, 9_900}) {
            long most = 0;
            for (long[] begin : growth) {
                long sum = 0;
                for (long[] one : growth) {
                    boolean within = one[0] >= begin[0] && one[0] - begin[0] <= span * MS;
                    sum += within && now - one[0] < 59_000 * MS ? one[1] : 0;
                }
                most = Math.max(most, sum);
            }
            assertThat(rate.atMost(span * MS)).as(span + " ms").isGreaterThanOrEqualTo(most);
        }
    }

    /** One record every so often, heard of at each. */
    private void steady(int perSecond, long fromMs, long toMs) {
        long gap = 1_000 * MS / perSecond;
        for (long now = fromMs * MS + gap; now <= toMs * MS; now += gap) {
            rate.grew(1, now - gap, now);
        }
    }
}
