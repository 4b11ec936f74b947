package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.GroupOffsets.SkipReason;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;

class GroupPlanTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final GroupPlan plan = new GroupPlan(Safeguard.ALL, true);

    @Test
    void anOffsetInsideTheCopyIsCommittedWithItsEpoch() {
        var decision = decide(at(40, 3), Map.of(), Map.of(), copied(100, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(40, 3)));
        assertThat(decision.syncedCount()).isEqualTo(1);
        assertThat(decision.clampedCount()).isZero();
    }

    @Test
    void anOffsetBeyondTheCopyIsClampedToItsEnd() {
        var decision = decide(at(140, 9), Map.of(), Map.of(), copied(100, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(100, 5)));
        assertThat(decision.clampedCount()).isEqualTo(1);
        assertThat(decision.syncedCount()).isZero();
    }

    @Test
    void anOffsetIsClampedToTheHighWatermarkWithoutAnEpoch() {
        var decision = decide(at(140, 9), Map.of(), Map.of(), copied(90, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(90, -1)));
    }

    @Test
    void anEpochThatNoCopiedBatchHasIsLeftOut() {
        var decision = decide(at(40, 9), Map.of(), Map.of(), copied(100, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(40, -1)));
    }

    @Test
    void anEqualOffsetIsNotCommittedAgain() {
        var decision = decide(at(40, 3), Map.of(), Map.of(ORDERS, at(40, 3)), copied(100, 100, 5));

        assertThat(decision.commits()).isEmpty();
        assertThat(decision.syncedCount()).isEqualTo(1);
    }

    @Test
    void aGroupThatHasGoneOnHereIsNotSetBack() {
        var decision =
                decide(
                        at(40, 3),
                        Map.of(ORDERS, 40L),
                        Map.of(ORDERS, at(60, 3)),
                        copied(100, 100, 5));

        assertThat(decision.commits()).isEmpty();
        assertThat(decision.skipped())
                .singleElement()
                .satisfies(
                        skipped -> assertThat(skipped.reason()).isEqualTo(SkipReason.AHEAD_HERE));
    }

    @Test
    void aResetAtTheSourceIsPropagated() {
        var decision =
                decide(
                        at(10, 3),
                        Map.of(ORDERS, 60L),
                        Map.of(ORDERS, at(60, 3)),
                        copied(100, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(10, 3)));
    }

    /** Once, it was taken for seen, and the group stayed ahead here. */
    @Test
    void aResetThatCameWhileTheCopyWasNotReadyIsPropagatedOnceItIs() {
        var here = Map.of(ORDERS, at(60, 3));
        var unready = Optional.of(new GroupPlan.Copied(false, -1, -1, -1));
        var before = decide(at(10, 3), Map.of(ORDERS, 60L), here, unready);

        var decision = decide(at(10, 3), before.seen(), here, copied(100, 100, 5));

        assertThat(decision.commits()).containsExactly(Map.entry(ORDERS, at(10, 3)));
        assertThat(decision.seen()).containsExactly(Map.entry(ORDERS, 10L));
    }

    @Test
    void aResetIsNotPropagatedWhenThatIsSwitchedOff() {
        var situation =
                new GroupPlan.Situation(
                        Map.of(ORDERS, at(10, 3)),
                        Map.of(ORDERS, 60L),
                        Map.of(ORDERS, at(60, 3)),
                        _ -> copied(100, 100, 5),
                        false);

        assertThat(new GroupPlan(Safeguard.ALL, false).decide(situation).commits()).isEmpty();
    }

    @Test
    void partitionsThatAreNotCopiedAreSkippedWithTheReason() {
        var unknown = decide(at(40, 3), Map.of(), Map.of(), Optional.empty());
        var unready =
                decide(
                        at(40, 3),
                        Map.of(),
                        Map.of(),
                        Optional.of(new GroupPlan.Copied(false, -1, -1, -1)));

        assertThat(unknown.skipped().getFirst().reason()).isEqualTo(SkipReason.NOT_MIRRORED);
        assertThat(unready.skipped().getFirst().reason()).isEqualTo(SkipReason.NOT_READY);
    }

    @Test
    void aRefreshCommitsWhatIsHereAndMovesNothing() {
        var equal = refreshed(at(40, 3), copied(100, 100, 5));
        var ahead = refreshed(at(60, 3), copied(100, 100, 5));
        var beyondTheCopy = refreshed(at(60, 3), copied(50, 50, 5));

        assertThat(equal.commits()).containsExactly(Map.entry(ORDERS, at(40, 3)));
        assertThat(ahead.commits()).containsExactly(Map.entry(ORDERS, at(60, 3)));
        assertThat(beyondTheCopy.commits()).isEmpty();
    }

    private GroupPlan.Decision refreshed(Committed here, Optional<GroupPlan.Copied> copied) {
        return decide(at(40, 3), Map.of(ORDERS, 40L), Map.of(ORDERS, here), copied, true);
    }

    private GroupPlan.Decision decide(
            Committed source,
            Map<TopicPartition, Long> seen,
            Map<TopicPartition, Committed> here,
            Optional<GroupPlan.Copied> copied) {
        return decide(source, seen, here, copied, false);
    }

    private GroupPlan.Decision decide(
            Committed source,
            Map<TopicPartition, Long> seen,
            Map<TopicPartition, Committed> here,
            Optional<GroupPlan.Copied> copied,
            boolean refresh) {
        return plan.decide(
                new GroupPlan.Situation(Map.of(ORDERS, source), seen, here, _ -> copied, refresh));
    }

    private static Committed at(long offset, int epoch) {
        return new Committed(offset, epoch, "");
    }

    private static Optional<GroupPlan.Copied> copied(long highWatermark, long end, int epoch) {
        return Optional.of(new GroupPlan.Copied(true, highWatermark, end, epoch));
    }
}
