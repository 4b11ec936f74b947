package io.tombolo.raft.core;

import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;

import java.util.List;
import java.util.Optional;
import java.util.Set;

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

    /**
     * A leader whose disk has less room than before could not commit by itself, and its next epoch
     * may not become durable.
     */
    boolean mustResign(boolean roomShrank) {
        return roomShrank;
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

    /** A vote is given by exactly the replica that was asked: a wiped disk has another name. */
    boolean addressedTo(ReplicaKey voter, ReplicaKey self) {
        return voter.equals(self);
    }

    /**
     * A voter stands, and so does one whose removal may not be committed: maybe nobody else has a
     * log that is good enough to get its vote. It is elected by the others, commits its removal and
     * steps down (Raft dissertation, section 4.2.2).
     *
     * @param before the voter set before the one in force when that may not be committed, else the
     *     same
     */
    boolean stands(VoterSet inForce, VoterSet before, ReplicaKey self) {
        return inForce.contains(self) || before.contains(self);
    }

    /**
     * A leader changes the voters only when something of its own epoch is committed. Before that, a
     * change of an earlier leader may exist that it does not know, made from the same set: the
     * majorities of the two need not share anybody (Ongaro's correction of 2015).
     */
    boolean knowsWhatIsCommitted(boolean announced) {
        return announced;
    }

    /** One change at a time: the majorities of two sets that differ by one replica always meet. */
    boolean mayBeginChange(boolean anotherPending) {
        return !anotherPending;
    }

    /** A replica that lags would be counted on and not be there. */
    boolean mayAdd(boolean caughtUp) {
        return caughtUp;
    }

    /**
     * A majority of those that are left must be there: the removal would be the last thing this
     * quorum ever decided otherwise, or not even that.
     */
    boolean mayRemove(int heard, VoterSet next) {
        return heard >= next.majority();
    }

    /**
     * Whether a replica objects to the beginning of a quorum: what its log holds may be committed.
     * Not when so many of the voters with which its log begins have just said, under the very
     * directory named there, that they hold nothing, that no majority of them ever held anything:
     * before anything was committed, those voters could not have been changed either.
     */
    boolean objects(PresenceAnswer replica, Set<ReplicaKey> newcomers) {
        if (replica.logEndOffset() == 0) {
            return false;
        }
        List<ReplicaKey> voters = replica.voters();
        long mayHold = voters.stream().filter(each -> !newcomers.contains(each)).count();
        return voters.isEmpty() || mayHold >= voters.size() / 2 + 1;
    }

    /** Who has lost the log of a quorum would begin a second one in its place. */
    boolean mayBegin(boolean remembers) {
        return !remembers;
    }

    /**
     * A quorum is begun when every other node has just answered without objection. Whatever was
     * committed before was on a majority; as long as not all of its disks are lost, one of them
     * objects.
     */
    boolean mayFound(int others, int willing) {
        return willing == others;
    }

    /** A leader that has taken its own vote does not count for the majority. */
    boolean countsItself(boolean votes) {
        return votes;
    }

    /** A leader without a vote leads just long enough to commit that. */
    boolean mustStepDown(boolean votes, boolean committed) {
        return !votes && committed;
    }

    /** A pause of its own says nothing about the leader. */
    boolean excusesItsOwnPause() {
        return true;
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
