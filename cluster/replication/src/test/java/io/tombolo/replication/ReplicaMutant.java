package io.tombolo.replication;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Partition.Rules;
import io.tombolo.replication.ReplicaWatch.Law;
import io.tombolo.replication.follower.TruncationRule;
import io.tombolo.replication.leader.SafetyRules;

import java.util.List;

/** Ways to be wrong, and the laws that must notice. */
enum ReplicaMutant {
    NONE,
    COUNTS_ONLY_THE_COMMITTED_ISR(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    SHRINKS_BEFORE_THE_COMMIT(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    IGNORES_THE_MIN_ISR(Law.LOGS_AGREE_BELOW_THE_HIGH_WATERMARK),
    JOINS_BEFORE_IT_HAS_CAUGHT_UP(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    COUNTS_A_DIVERGING_POSITION(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    NEVER_LOOKS_FOR_DIVERGENCE(Law.LOGS_AGREE_BELOW_THE_HIGH_WATERMARK),
    TRUNCATES_TO_THE_HIGH_WATERMARK(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    TAKES_ANY_INCARNATION(Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK),
    NEVER_TRUNCATES(Law.ALL_ENDS_WELL),
    ACKNOWLEDGES_WHAT_IS_APPENDED(Law.ACKNOWLEDGED_IS_IN_EVERY_LATER_LEADER),
    ELECTS_WITHOUT_A_NEW_EPOCH(Law.ONE_LEADER_APPENDS_IN_AN_EPOCH),
    REPORTS_AN_OLD_WATERMARK(Law.HIGH_WATERMARK_NEVER_GOES_BACK),
    REPORTS_AN_OLD_EPOCH(Law.EPOCHS_ASCEND),
    BEGINS_ITS_OWN_EPOCH_IN_A_COPY(
            true, Law.NO_PARTITION_GOES_OFFLINE, Law.COPIES_ARE_OF_THEIR_SOURCE),
    COMPARES_NO_EPOCHS_OF_COPIES(
            true,
            Law.LOGS_AGREE_BELOW_THE_HIGH_WATERMARK,
            Law.COPIES_ARE_OF_THEIR_SOURCE,
            Law.IN_SYNC_HAVE_ALL_BELOW_THE_HIGH_WATERMARK);

    private final boolean mirror;
    private final List<Law> laws;

    ReplicaMutant(Law... laws) {
        this(false, laws);
    }

    ReplicaMutant(boolean mirror, Law... laws) {
        this.mirror = mirror;
        this.laws = List.of(laws);
    }

    /** Whether it is about copies of another region's records. */
    boolean mirror() {
        return mirror;
    }

    List<Law> laws() {
        return laws;
    }

    Rules rules() {
        TruncationRule truncation =
                this == NEVER_TRUNCATES ? (log, _, _) -> log.endOffset() : TruncationRule.BY_EPOCH;
        return new Rules(
                leading(),
                truncation,
                role ->
                        role instanceof Role.Leader
                                || this == BEGINS_ITS_OWN_EPOCH_IN_A_COPY
                                        && role instanceof Role.MirrorLeader);
    }

    private SafetyRules leading() {
        return switch (this) {
            case COUNTS_ONLY_THE_COMMITTED_ISR ->
                    new SafetyRules() {
                        @Override
                        protected BrokerIds awaited(BrokerIds committed, BrokerIds proposed) {
                            return committed;
                        }
                    };
            case SHRINKS_BEFORE_THE_COMMIT ->
                    new SafetyRules() {
                        @Override
                        protected BrokerIds awaited(BrokerIds committed, BrokerIds proposed) {
                            return proposed;
                        }
                    };
            case IGNORES_THE_MIN_ISR ->
                    new SafetyRules() {
                        @Override
                        protected boolean enoughToAdvance(int count, int min) {
                            return true;
                        }
                    };
            case JOINS_BEFORE_IT_HAS_CAUGHT_UP ->
                    new SafetyRules() {
                        @Override
                        protected boolean caughtUp(long offset, long high, long epochStart) {
                            return offset >= 0;
                        }
                    };
            case COUNTS_A_DIVERGING_POSITION ->
                    new SafetyRules() {
                        @Override
                        public boolean countsDiverging() {
                            return true;
                        }
                    };
            default -> SafetyRules.STANDARD;
        };
    }
}
