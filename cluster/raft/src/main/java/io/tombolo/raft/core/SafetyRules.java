package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;

import java.util.Optional;

/**
 * The decisions on which the safety of the quorum rests, each pure and in one place. The tests
 * break them one by one and show that the simulation notices.
 */
class SafetyRules {

    /**
     * One vote per epoch, and none once the epoch has a leader. Two majorities of one epoch would
     * share a voter; that voter can not have voted for both.
     */
    boolean mayVoteFor(ReplicaKey candidate, ElectionState election) {
        if (election.votedFor().present()) {
            return election.votedFor().equals(candidate);
        }
        return !election.leader().hasLeader();
    }

    /**
     * Only a log that has everything of the voter's may lead: thus a committed record, which a
     * majority holds, is on every later leader.
     */
    boolean upToDate(OffsetAndEpoch candidate, OffsetAndEpoch own) {
        return candidate.compareTo(own) >= 0;
    }

    /** A replica that cannot win asks before it disturbs everyone with a new epoch (KIP-996). */
    boolean asksBeforeStanding() {
        return true;
    }

    /** Who hears from the leader lets nobody depose it. */
    boolean mayPreVote(boolean hearsLeader) {
        return !hearsLeader;
    }

    /** A grant counts in the epoch in which it was given. */
    boolean counts(VoteAnswer answer, int epoch) {
        return answer.granted() && answer.current().epoch() == epoch;
    }

    /**
     * What the leader contributes to the high watermark: what it would still have after a crash.
     */
    long ownOffset(LogShape log) {
        return log.durableOffset();
    }

    /** A fetch promises that everything below its offset survives a crash of the sender. */
    boolean mayFetch(LogShape log) {
        return log.durable();
    }

    /**
     * Counting replicas commits a record of the present epoch only, and with it all before it: one
     * of an earlier epoch on a majority could still be overwritten by a leader in between (Raft,
     * section 5.4.2).
     */
    boolean mayCommit(long offset, long epochStartOffset) {
        return offset > epochStartOffset;
    }

    /** What a replica must do before records from this position on would continue its log. */
    Optional<Fetched> correction(OffsetAndEpoch position, LogShape log) {
        if (position.equals(OffsetAndEpoch.ZERO) && log.startOffset() == 0) {
            return Optional.empty();
        }
        Optional<OffsetAndEpoch> end = log.endOf(position.epoch());
        boolean belowStart = position.offset() < log.startOffset();
        if (belowStart || end.isEmpty() || end.get().offset() < log.startOffset()) {
            return Optional.of(
                    log.snapshot().offset() > 0
                            ? new Fetched.Snapshot(log.snapshot())
                            : new Fetched.Diverging(OffsetAndEpoch.ZERO));
        }
        boolean same = end.get().epoch() == position.epoch();
        return same && position.offset() <= end.get().offset()
                ? Optional.empty()
                : Optional.of(new Fetched.Diverging(end.get()));
    }

    /**
     * Where a replica cuts its log when the leader's ends differently: at the last point at which
     * both may still be equal.
     */
    long truncationOffset(OffsetAndEpoch leaderEnd, LogShape log) {
        OffsetAndEpoch own = log.endOf(leaderEnd.epoch()).orElse(log.snapshot());
        return own.epoch() == leaderEnd.epoch()
                ? Math.min(own.offset(), leaderEnd.offset())
                : own.offset();
    }
}
