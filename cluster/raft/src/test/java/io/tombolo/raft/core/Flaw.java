package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;

import java.util.Optional;

/** The ways in which a replica can be broken on purpose; each must be noticed by an invariant. */
enum Flaw {
    NONE,
    VOTES_TWICE_IN_AN_EPOCH,
    VOTES_FOR_A_SHORTER_LOG,
    COUNTS_REFUSED_VOTES,
    COUNTS_OWN_UNFORCED_RECORDS,
    FETCHES_BEFORE_ITS_LOG_IS_DURABLE,
    COMMITS_OLD_EPOCHS_BY_COUNTING,
    IGNORES_DIVERGENCE,
    STANDS_WITHOUT_ASKING,
    LETS_A_HEALTHY_LEADER_BE_DEPOSED,
    ANSWERS_BEFORE_THE_VOTE_IS_DURABLE,
    APPLIES_HALF_A_BATCH,
    KEEPS_HALF_A_SNAPSHOT;

    SafetyRules rules() {
        return new SafetyRules() {
            @Override
            boolean mayVoteFor(ReplicaKey candidate, ElectionState election) {
                return Flaw.this == VOTES_TWICE_IN_AN_EPOCH
                        || super.mayVoteFor(candidate, election);
            }

            @Override
            boolean upToDate(OffsetAndEpoch candidate, OffsetAndEpoch own) {
                return Flaw.this == VOTES_FOR_A_SHORTER_LOG || super.upToDate(candidate, own);
            }

            @Override
            boolean counts(VoteAnswer answer, int epoch) {
                return Flaw.this == COUNTS_REFUSED_VOTES || super.counts(answer, epoch);
            }

            @Override
            long ownOffset(LogShape log) {
                return Flaw.this == COUNTS_OWN_UNFORCED_RECORDS
                        ? log.endOffset()
                        : super.ownOffset(log);
            }

            @Override
            boolean mayFetch(LogShape log) {
                return Flaw.this == FETCHES_BEFORE_ITS_LOG_IS_DURABLE || super.mayFetch(log);
            }

            @Override
            boolean mayCommit(long offset, long epochStartOffset) {
                return Flaw.this == COMMITS_OLD_EPOCHS_BY_COUNTING
                        || super.mayCommit(offset, epochStartOffset);
            }

            @Override
            Optional<Fetched> correction(OffsetAndEpoch position, LogShape log) {
                return Flaw.this == IGNORES_DIVERGENCE && position.offset() >= log.startOffset()
                        ? Optional.empty()
                        : super.correction(position, log);
            }

            @Override
            boolean asksBeforeStanding() {
                return Flaw.this != STANDS_WITHOUT_ASKING && super.asksBeforeStanding();
            }

            @Override
            boolean mayPreVote(boolean hearsLeader) {
                return Flaw.this == LETS_A_HEALTHY_LEADER_BE_DEPOSED
                        || super.mayPreVote(hearsLeader);
            }
        };
    }
}
