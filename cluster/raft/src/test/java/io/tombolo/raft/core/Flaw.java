package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;

import java.util.Optional;
import java.util.Set;

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
    KEEPS_HALF_A_SNAPSHOT,
    VOTES_UNDER_ITS_OLD_KEY,
    STANDS_WITHOUT_A_VOTE,
    CHANGES_VOTERS_BEFORE_ITS_EPOCH_COMMITS,
    CHANGES_VOTERS_TWICE_AT_ONCE,
    ADDS_VOTERS_THAT_LAG,
    COUNTS_ITSELF_WITHOUT_A_VOTE,
    LEADS_ON_WITHOUT_A_VOTE,
    BLAMES_THE_LEADER_FOR_ITS_OWN_PAUSE,
    REMOVES_VOTERS_INTO_SILENCE,
    FOUNDS_WITH_A_MAJORITY,
    TAKES_A_USED_DISK_FOR_NEW,
    GOES_ON_WITHOUT_ROOM,
    LEADS_ON_WITHOUT_ROOM;

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
            boolean addressedTo(ReplicaKey voter, ReplicaKey self) {
                return Flaw.this == VOTES_UNDER_ITS_OLD_KEY
                        ? voter.nodeId() == self.nodeId()
                        : super.addressedTo(voter, self);
            }

            @Override
            boolean stands(VoterSet inForce, VoterSet before, ReplicaKey self) {
                return Flaw.this == STANDS_WITHOUT_A_VOTE
                        ? inForce.containsNode(self.nodeId())
                        : super.stands(inForce, before, self);
            }

            @Override
            boolean knowsWhatIsCommitted(boolean announced) {
                return Flaw.this == CHANGES_VOTERS_BEFORE_ITS_EPOCH_COMMITS
                        || super.knowsWhatIsCommitted(announced);
            }

            @Override
            boolean mayBeginChange(boolean anotherPending) {
                return Flaw.this == CHANGES_VOTERS_TWICE_AT_ONCE
                        || super.mayBeginChange(anotherPending);
            }

            @Override
            boolean mayAdd(boolean caughtUp) {
                return Flaw.this == ADDS_VOTERS_THAT_LAG || super.mayAdd(caughtUp);
            }

            @Override
            boolean countsItself(boolean votes) {
                return Flaw.this == COUNTS_ITSELF_WITHOUT_A_VOTE || super.countsItself(votes);
            }

            @Override
            boolean mustStepDown(boolean votes, boolean committed) {
                return Flaw.this != LEADS_ON_WITHOUT_A_VOTE && super.mustStepDown(votes, committed);
            }

            @Override
            boolean mayRemove(int heard, VoterSet next) {
                return Flaw.this == REMOVES_VOTERS_INTO_SILENCE || super.mayRemove(heard, next);
            }

            @Override
            boolean mayFound(int others, int willing) {
                return Flaw.this == FOUNDS_WITH_A_MAJORITY
                        ? 2 * (willing + 1) > others + 1
                        : super.mayFound(others, willing);
            }

            @Override
            boolean objects(RaftMessage.PresenceAnswer replica, Set<ReplicaKey> newcomers) {
                return Flaw.this != TAKES_A_USED_DISK_FOR_NEW && super.objects(replica, newcomers);
            }

            @Override
            boolean mustResign(boolean roomShrank) {
                return Flaw.this != LEADS_ON_WITHOUT_ROOM && super.mustResign(roomShrank);
            }

            @Override
            boolean excusesItsOwnPause() {
                return Flaw.this != BLAMES_THE_LEADER_FOR_ITS_OWN_PAUSE
                        && super.excusesItsOwnPause();
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
