package io.tombolo.raft.core;

import io.tombolo.raft.core.LeaderBook.PendingChange;
import io.tombolo.raft.core.LeaderBook.Progress;
import io.tombolo.raft.core.RaftState.FetchLoop;
import io.tombolo.raft.core.RaftState.Fetches;
import io.tombolo.raft.core.RaftState.Leader;
import io.tombolo.raft.core.VoterChange.Outcome.Reason;

import java.util.Optional;

/**
 * How the voter set changes (KIP-853): one replica at a time, so that a majority of the old set and
 * one of the new set always share a replica, and only when everything before is known to be
 * committed.
 *
 * <pre>
 * request                 refused, or waits: to add, for the replica to catch up; to remove, for
 *                         those that are left to be heard again
 * waiting                 appended when that is so; refused at the deadline
 * appended                in force; answered when committed, or at the deadline, or when the leader
 *                         is no more
 * </pre>
 *
 * At the leader the one change under way is in its {@link LeaderBook}. A replica that is no leader
 * asks the leader to name its addresses, and to give it a vote if it is to join by itself; one
 * whose vote was taken does not ask for it again before its next start.
 */
final class VoterChanges {

    private final RaftCore core;
    private boolean enrolled;

    VoterChanges(RaftCore core) {
        this.core = core;
    }

    // ---- At the leader ----

    void requested(long request, VoterChange change, long timeoutNanos) {
        if (!(core.state() instanceof Leader(LeaderBook book))) {
            refuse(request, Reason.NOT_LEADER);
            return;
        }
        Optional<Reason> reason = refusal(book, change);
        VoterSet voters = core.log().voters();
        if (reason.isPresent()) {
            refuse(request, reason.get());
        } else if (changed(voters, change).equals(voters)) {
            answer(request, new VoterChange.Outcome.Committed(voters));
        } else {
            var pending =
                    new PendingChange(request, change, core.now(), core.now() + timeoutNanos, -1);
            book.pend(Optional.of(pending));
            if (change instanceof VoterChange.Remove) {
                core.leadership().callRoll(book);
            }
            proceed(book, pending);
        }
    }

    private Optional<Reason> refusal(LeaderBook book, VoterChange change) {
        if (!core.rules().knowsWhatIsCommitted(book.announced())) {
            return Optional.of(Reason.EPOCH_NOT_COMMITTED);
        }
        boolean uncommitted = core.log().votersOffset() >= core.highWatermark();
        if (!core.rules().mayBeginChange(book.pending().isPresent() || uncommitted)) {
            return Optional.of(Reason.CHANGE_PENDING);
        }
        VoterSet voters = core.log().voters();
        return switch (change) {
            case VoterChange.Add(VoterSet.Voter voter) ->
                    voters.containsNode(voter.key().nodeId())
                            ? Optional.of(Reason.DUPLICATE_VOTER)
                            : Optional.empty();
            case VoterChange.Remove(ReplicaKey voter) -> {
                if (!voters.contains(voter)) {
                    yield Optional.of(Reason.VOTER_NOT_FOUND);
                }
                if (voters.size() == 1) {
                    yield Optional.of(Reason.LAST_VOTER);
                }
                VoterSet next = voters.without(voter.nodeId());
                long lately = core.now() - core.fetchNanos();
                yield core.rules().mayRemove(core.leadership().heard(book, next, lately), next)
                        ? Optional.empty()
                        : Optional.of(Reason.MAJORITY_SILENT);
            }
            case VoterChange.Update(VoterSet.Voter voter) ->
                    voters.contains(voter.key())
                            ? Optional.empty()
                            : Optional.of(Reason.VOTER_NOT_FOUND);
        };
    }

    private static VoterSet changed(VoterSet voters, VoterChange change) {
        return switch (change) {
            case VoterChange.Add(VoterSet.Voter voter) -> voters.with(voter);
            case VoterChange.Remove(ReplicaKey voter) -> voters.without(voter.nodeId());
            case VoterChange.Update(VoterSet.Voter voter) -> voters.with(voter);
        };
    }

    private void proceed(LeaderBook book, PendingChange pending) {
        VoterSet next = changed(core.log().voters(), pending.change());
        Optional<Reason> missing = missing(book, pending, next);
        if (missing.isEmpty()) {
            long endOffset = core.leadership().append(book, next);
            book.pend(Optional.of(pending.appended(endOffset)));
        } else if (core.due(pending.deadlineNanos())) {
            book.pend(Optional.empty());
            refuse(pending.request(), missing.get());
        }
    }

    /** What a change still waits for. Whoever was heard before it was asked for may have died. */
    private Optional<Reason> missing(LeaderBook book, PendingChange pending, VoterSet next) {
        return switch (pending.change()) {
            case VoterChange.Add(VoterSet.Voter voter) ->
                    core.rules().mayAdd(hasCaughtUp(book, voter.key()))
                            ? Optional.empty()
                            : Optional.of(Reason.NOT_CAUGHT_UP);
            case VoterChange.Remove _ -> {
                int heard = core.leadership().heard(book, next, pending.beganNanos());
                yield core.rules().mayRemove(heard, next)
                        ? Optional.empty()
                        : Optional.of(Reason.MAJORITY_SILENT);
            }
            case VoterChange.Update _ -> Optional.empty();
        };
    }

    /** Lately it had everything; otherwise the new majority might have to wait for it. */
    private boolean hasCaughtUp(LeaderBook book, ReplicaKey replica) {
        Progress progress = book.progressOf(replica, core.now());
        return progress.everCaughtUp
                && core.now() - progress.lastCaughtUpNanos <= core.fetchNanos();
    }

    void onTime(LeaderBook book) {
        if (book.pending().isPresent()) {
            PendingChange pending = book.pending().get();
            if (!pending.inLog()) {
                proceed(book, pending);
            } else if (core.due(pending.deadlineNanos())) {
                // It stays in force; that it is not committed keeps others from beginning.
                book.pend(Optional.empty());
                refuse(pending.request(), Reason.REQUEST_TIMED_OUT);
            }
        } else if (book.announced() && core.votes() && !namedRightly()) {
            requested(PendingChange.OF_NOBODY, updateOfSelf(), core.fetchNanos());
        }
    }

    /** The high watermark has risen. */
    void committed(LeaderBook book) {
        if (book.pending().isPresent()) {
            PendingChange pending = book.pending().get();
            if (pending.inLog() && pending.endOffset() <= core.highWatermark()) {
                book.pend(Optional.empty());
                answer(pending.request(), new VoterChange.Outcome.Committed(core.log().voters()));
            }
        }
        boolean committed = core.log().votersOffset() < core.highWatermark();
        if (core.rules().mustStepDown(core.votes(), committed)) {
            core.leadership().resignIfLeading();
        }
    }

    /** The leader is none any more. */
    void left(LeaderBook book) {
        if (book.pending().isPresent()) {
            long request = book.pending().get().request();
            book.pend(Optional.empty());
            refuse(request, Reason.NOT_LEADER);
        }
    }

    long deadlineNanos(LeaderBook book) {
        return book.pending().isPresent() ? book.pending().get().deadlineNanos() : Long.MAX_VALUE;
    }

    private void refuse(long request, Reason reason) {
        answer(request, new VoterChange.Outcome.Refused(reason, core.election().leader()));
    }

    private void answer(long request, VoterChange.Outcome result) {
        if (request != PendingChange.OF_NOBODY) {
            core.effect(new RaftEffect.AnswerVoterChange(request, result));
        }
    }

    // ---- At the others ----

    /**
     * Remembers having had a vote; one that is not committed may be taken back by nobody's will.
     */
    void noticeVote() {
        enrolled |= core.votes() && core.log().votersOffset() < core.highWatermark();
    }

    /** What this replica wants of its leader now. */
    private Optional<VoterChange> wish(FetchLoop loop) {
        if (!loop.hasLeader() || !loop.heard || core.installing()) {
            return Optional.empty();
        }
        if (core.votes()) {
            return namedRightly() ? Optional.empty() : Optional.of(updateOfSelf());
        }
        boolean caughtUp =
                loop.leaderHighWatermark > 0
                        && core.log().durableOffset() >= loop.leaderHighWatermark;
        if (!core.enrolment().autoJoin() || enrolled || !caughtUp) {
            return Optional.empty();
        }
        return core.log()
                .voters()
                .voterOf(core.self().nodeId())
                .<VoterChange>map(old -> new VoterChange.Remove(old.key()))
                .or(() -> Optional.of(new VoterChange.Add(self())));
    }

    void onTime(Fetches fetching) {
        FetchLoop loop = fetching.loop();
        Optional<VoterChange> wish = wish(loop);
        if (wish.isPresent() && core.due(loop.wishNanos)) {
            loop.wishNanos = core.now() + core.fetchNanos();
            core.effect(new RaftEffect.AskVoterChange(core.election().leader(), wish.get()));
        }
    }

    long deadlineNanos(FetchLoop loop) {
        return wish(loop).isPresent() ? loop.wishNanos : Long.MAX_VALUE;
    }

    private boolean namedRightly() {
        return core.enrolment().listeners().isEmpty()
                || core.log().voters().voterOf(core.self().nodeId()).equals(Optional.of(self()));
    }

    private VoterChange updateOfSelf() {
        return new VoterChange.Update(self());
    }

    private VoterSet.Voter self() {
        return core.enrolment().voter(core.self());
    }
}
