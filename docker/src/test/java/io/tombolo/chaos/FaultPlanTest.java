package io.tombolo.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Schedules of faults. */
class FaultPlanTest {

    @Test
    void aSeedAlwaysHasTheSamePlan() {
        assertThat(FaultPlan.of(7, 20, true)).isEqualTo(FaultPlan.of(7, 20, true));
        assertThat(FaultPlan.of(8, 20, true)).isNotEqualTo(FaultPlan.of(7, 20, true));
        assertThat(FaultPlan.brief(7)).isEqualTo(FaultPlan.brief(7));
    }

    @Test
    void everyKindAndTargetComesUp() {
        var faults = FaultPlan.of(1, 300, true);

        assertThat(faults).extracting(Fault::kind).contains(Fault.Kind.values());
        assertThat(faults).extracting(Fault::target).contains(Fault.Target.values());
        assertThat(faults).extracting(Fault::overlapping).contains(true, false);
    }

    @Test
    void clientsAreLeftAloneWhereTheyCannotBeCutOff() {
        assertThat(FaultPlan.of(1, 300, false))
                .extracting(Fault::kind)
                .doesNotContain(Fault.Kind.BLACKOUT);
    }
}
