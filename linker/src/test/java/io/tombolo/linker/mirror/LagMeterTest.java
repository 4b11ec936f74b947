package io.tombolo.linker.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.link.Lag;

import org.junit.jupiter.api.Test;

class LagMeterTest {

    private static final long MS = 1_000_000;

    private final SourceRate rate = new SourceRate();
    private final LagMeter meter = new LagMeter(rate);

    @Test
    void aCompleteCopyIsAsOldAsTheQuestionThatFoundItComplete() {
        meter.reached(100);
        meter.heard(100, 5 * MS);

        assertThat(meter.lag(85 * MS, 0, true)).isEqualTo(new Lag(0, 0, 80, false));

        meter.confirm(60 * MS);

        assertThat(meter.lag(85 * MS, 0, true).ms()).isEqualTo(25);
    }

    @Test
    void whoeverLeadsAPartitionAgainKnowsStillHowFarTheSourceCame() {
        meter.reached(150);
        meter.heard(155, 5 * MS);
        var again = new LagMeter(rate);

        again.inherit(meter);
        again.reached(150);

        assertThat(again.records()).isEqualTo(5);
        assertThat(again.knownNanos()).hasValue(5 * MS);
        again.inherit(new LagMeter(rate));
        assertThat(again.sourceEnd()).isEqualTo(155);
    }

    @Test
    void theLagGrowsWhileTheSourceIsSilent() {
        meter.reached(100);
        meter.heard(100, 5 * MS);

        Lag lag = meter.lag(905 * MS, 0, false);

        assertThat(lag.ms()).isEqualTo(900);
        assertThat(lag.extrapolated()).isTrue();
    }

    @Test
    void aWholeCopyOfAnIdleSourceIsNotBehindAsLongAsTheSourceAnswers() {
        long idle = LagMeter.IDLE.toMillis();
        long lately = LagMeter.HEARD_LATELY.toMillis();
        meter.reached(100);
        meter.heard(100, 5 * MS);
        meter.confirm((4 + idle) * MS);
        assertThat(meter.lag((204 + idle) * MS, 0, true).ms()).isEqualTo(200);

        meter.confirm((5 + idle) * MS);

        long asked = 5 + idle;
        assertThat(meter.lag((asked + 200) * MS, 0, true)).isEqualTo(Lag.NONE);
        assertThat(meter.lag((asked + lately) * MS, 0, true).ms()).isZero();
        assertThat(meter.lag((asked + 200) * MS, 0, false).ms()).isEqualTo(200);
        assertThat(meter.lag((asked + lately + 1) * MS, 0, true).ms()).isEqualTo(lately + 1);
    }

    @Test
    void aRecordThatIsMissingEndsTheIdleness() {
        meter.reached(100);
        meter.heard(100, 0);
        meter.confirm(1_500 * MS);

        meter.heard(101, 2_000 * MS);
        assertThat(meter.lag(2_100 * MS, 0, true).ms()).isEqualTo(600);
        meter.reached(101);

        assertThat(meter.lag(2_100 * MS, 0, true).ms()).isEqualTo(100);
    }

    @Test
    void theLagIsTheTimeSinceTheCopyWasComplete() {
        meter.reached(100);
        meter.heard(100, 10 * MS);
        meter.heard(150, 20 * MS);
        meter.heard(200, 30 * MS);
        meter.copied(100, 5_000, 7);

        assertThat(meter.lag(40 * MS, 0, true)).isEqualTo(new Lag(100, 5_000, 30, false));

        meter.reached(150);
        assertThat(meter.lag(40 * MS, 0, true).ms()).isEqualTo(20);
        meter.reached(200);
        assertThat(meter.lag(40 * MS, 0, true)).isEqualTo(new Lag(0, 0, 10, false));
    }

    @Test
    void anEndThatIsHeardAgainIsAsYoungAsTheLastQuestion() {
        meter.reached(100);
        meter.heard(150, 20 * MS);
        meter.heard(150, 30 * MS);

        meter.reached(150);

        assertThat(meter.lag(40 * MS, 0, true).ms()).isEqualTo(10);
    }

    @Test
    void aLagOfWhichNothingIsKnownIsUnknownAndNotNothing() {
        assertThat(meter.lag(40 * MS, 90_000, false).ms()).isEqualTo(-1);

        meter.reached(0);
        meter.heard(1_000, 10 * MS);

        Lag lag = meter.lag(40 * MS, 90_000, true);
        assertThat(lag.ms()).isEqualTo(-1);
        assertThat(lag.bytes()).isEqualTo(-1);
        assertThat(lag.plus(new Lag(3, 300, 7, false)).bytes()).isEqualTo(-1);
        assertThat(lag.plus(new Lag(0, 0, 7, false)).ms()).isEqualTo(-1);
    }

    @Test
    void recordsAreMissingOnlyOnceBothEndsAreKnown() {
        meter.heard(1_000, 10 * MS);
        assertThat(meter.lag(20 * MS, 0, true).records()).isEqualTo(-1);

        meter.reached(997);

        assertThat(meter.lag(20 * MS, 0, true).records()).isEqualTo(3);
        assertThat(new LagMeter(rate).records()).isEqualTo(-1);
        assertThat(new Lag(3, 300, 7, false).plus(Lag.UNKNOWN).records()).isEqualTo(-1);
    }

    @Test
    void bytesAreEstimatedFromAsManyRecordsOrFromEnough() {
        meter.reached(0);
        meter.heard(1_000_000, 0);
        meter.copied(3, 30_000, 0);
        assertThat(meter.bytes(4)).isEqualTo(-1);
        assertThat(meter.bytes(2)).isEqualTo(20_000);

        meter.copied(LagMeter.SAMPLE_OFFSETS, 70_300, 0);

        assertThat(meter.bytes(1_000_000)).isEqualTo(100_000_000);
    }

    @Test
    void whatTheSourceTakesIsCountedOnceItIsKnownWhereItStood() {
        meter.heard(1_000_000, 0);
        assertThat(rate.atMost(10_000 * MS)).isZero();

        meter.heard(1_000_007, 100 * MS);
        meter.confirm(110 * MS);
        meter.heard(1_000_005, 120 * MS);
        meter.heard(1_000_009, 130 * MS);
        meter.confirm(1_000 * MS);

        assertThat(rate.atMost(MS)).isEqualTo(11);
    }

    @Test
    void beforeTheFirstCompletenessTheTimeStampsOfTheRecordsStandIn() {
        meter.reached(0);
        meter.heard(1_000, 10 * MS);
        meter.copied(10, 100, 50_000);
        meter.reached(10);

        assertThat(meter.lag(20 * MS, 90_000, true).ms()).isEqualTo(40_000);
    }

    @Test
    void forgettingSamplesOnlyMakesTheLagLarger() {
        meter.reached(0);
        meter.heard(0, 0);
        for (int i = 1; i <= 10 * LagMeter.SAMPLES_MAX; i++) {
            meter.heard(i, i * MS);
        }

        meter.reached(5 * LagMeter.SAMPLES_MAX);

        long now = 10L * LagMeter.SAMPLES_MAX;
        long exact = now - 5L * LagMeter.SAMPLES_MAX;
        assertThat(meter.lag(now * MS, 0, true).ms()).isBetween(exact, now);
    }
}
