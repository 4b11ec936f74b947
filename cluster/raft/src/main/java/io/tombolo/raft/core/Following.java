package io.tombolo.raft.core;

import io.tombolo.environment.Invariant;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftState.FetchLoop;
import io.tombolo.raft.core.RaftState.Fetches;
import io.tombolo.raft.core.RaftState.Follower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What followers and observers do: fetch records or a snapshot, one request at a time. */
final class Following {

    /** A leader that refuses or drops connections this often in a row is taken for dead. */
    private static final int FAILURES_MAX = 2;

    private final RaftCore core;

    Following(RaftCore core) {
        this.core = core;
    }

    void onTime(Fetches fetching) {
        FetchLoop loop = fetching.loop();
        if (loop.hasLeader() && core.due(loop.leaderDeadlineNanos)) {
            if (core.installing()) {
                loop.leaderDeadlineNanos = core.now() + core.fetchNanos();
            } else if (fetching instanceof Follower) {
                core.elections().askAround();
                return;
            } else {
                core.elections().forgetLeader(0);
                return;
            }
        }
        if (loop.waitsForAnswer() && core.due(loop.requestDeadlineNanos)) {
            loop.exchange = FetchLoop.NONE;
            loop.retryNanos = core.now();
        }
        if (mayAsk(loop) && core.due(loop.retryNanos)) {
            ask(loop);
        }
        core.voterChanges().onTime(fetching);
    }

    private boolean mayAsk(FetchLoop loop) {
        return !loop.waitsForAnswer() && !core.installing() && core.rules().mayFetch(core.log());
    }

    private void ask(FetchLoop loop) {
        Optional<Integer> target = loop.hasLeader() ? Optional.of(loop.leaderId) : someOtherVoter();
        if (target.isEmpty()) {
            retryLater();
            return;
        }
        int epoch = core.election().epoch();
        RaftMessage.Request request =
                loop.fetchesSnapshot()
                        ? new FetchSnapshotRequest(
                                core.self(),
                                epoch,
                                loop.snapshot,
                                loop.snapshotPosition,
                                core.settings().bounds().snapshotChunkBytesMax())
                        : new FetchRequest(
                                core.self(),
                                epoch,
                                core.log().end(),
                                core.highWatermark(),
                                core.settings().bounds().fetchBytesMax(),
                                core.settings().timing().fetchWait().toNanos());
        loop.exchange = core.ask(target.get(), request);
        loop.sentNanos = core.now();
        loop.requestDeadlineNanos = core.now() + core.settings().timing().request().toNanos();
    }

    private Optional<Integer> someOtherVoter() {
        var others = new ArrayList<Integer>();
        for (ReplicaKey voter : core.log().voters().keys()) {
            others.add(voter.nodeId());
        }
        others.addAll(core.enrolment().contacts());
        others.removeIf(node -> node == core.self().nodeId());
        return others.isEmpty()
                ? Optional.empty()
                : Optional.of(others.get((int) core.random(others.size())));
    }

    void requestFailed(long exchange) {
        if (core.state() instanceof Fetches fetching && fetching.loop().exchange == exchange) {
            fetching.loop().exchange = FetchLoop.NONE;
            retryLater();
            if (++fetching.loop().failures == FAILURES_MAX) {
                unreachable(fetching.loop());
            }
        }
    }

    /**
     * Nobody listens where the leader was: no need to wait for the fetch timeout. If others still
     * hear it, they say so to the pre-vote, and this replica asks them less and less often.
     */
    private void unreachable(FetchLoop loop) {
        loop.heard = false;
        loop.leaderDeadlineNanos =
                Math.min(loop.leaderDeadlineNanos, core.now() + core.elections().backoffNanos());
    }

    /** Asks again after a pause. */
    void retryLater() {
        if (core.state() instanceof Fetches fetching) {
            fetching.loop().retryNanos =
                    core.now() + core.settings().timing().retryBackoff().toNanos();
        }
    }

    void fetched(Envelope envelope, FetchAnswer answer) {
        Optional<FetchLoop> expected = expecting(envelope, answer);
        if (expected.isEmpty()) {
            return;
        }
        FetchLoop loop = expected.get();
        switch (answer.fetched()) {
            case Fetched.Records(List<LogBatch> batches) -> {
                if (!core.log().continuedBy(batches, core.election().epoch())) {
                    retryLater();
                    return;
                }
                append(batches);
                boolean news = !batches.isEmpty() || answer.highWatermark() > core.highWatermark();
                loop.leaderHighWatermark =
                        Math.max(loop.leaderHighWatermark, answer.highWatermark());
                advance(loop);
                pauseUnless(news, loop);
            }
            case Fetched.Diverging(OffsetAndEpoch end) -> truncate(end);
            case Fetched.Snapshot(OffsetAndEpoch id) -> {
                if (id.offset() <= core.highWatermark()) {
                    retryLater();
                    return;
                }
                loop.snapshot = id;
                loop.snapshotPosition = 0;
            }
        }
    }

    /**
     * Checks that the answer is the one waited for and comes from the leader, and takes its news of
     * the leader in; empty when there is nothing more to take from it.
     */
    private Optional<FetchLoop> expecting(Envelope envelope, Answer answer) {
        boolean waitedFor =
                core.state() instanceof Fetches fetching
                        && fetching.loop().exchange == envelope.exchange();
        if (core.learn(answer.current())
                || !waitedFor
                || !(core.state() instanceof Fetches fetching)) {
            return Optional.empty();
        }
        FetchLoop loop = fetching.loop();
        loop.exchange = FetchLoop.NONE;
        loop.retryNanos = core.now();
        boolean fromLeader = envelope.from() == loop.leaderId;
        boolean thisEpoch = answer.current().epoch() == core.election().epoch();
        if (fromLeader && thisEpoch && !answer.current().hasLeader()) {
            core.elections().forgetLeader(core.elections().backoffNanos());
            return Optional.empty();
        }
        if (!fromLeader || !thisEpoch) {
            retryLater();
            return Optional.empty();
        }
        loop.heard = true;
        loop.failures = 0;
        core.elections().settled();
        loop.leaderDeadlineNanos = core.now() + core.fetchNanos();
        if (answer.error() != RaftError.NONE) {
            dropSnapshot(loop);
            retryLater();
            return Optional.empty();
        }
        return Optional.of(loop);
    }

    private void append(List<LogBatch> batches) {
        if (!batches.isEmpty()) {
            batches.forEach(core.log()::append);
            core.effect(new RaftEffect.AppendBatches(batches));
        }
    }

    /** A leader that answers without news and without waiting must not be asked in a circle. */
    private void pauseUnless(boolean news, FetchLoop loop) {
        long halfWait = core.settings().timing().fetchWait().toNanos() / 2;
        if (!news && core.now() - loop.sentNanos < halfWait) {
            retryLater();
        }
    }

    private void truncate(OffsetAndEpoch leaderEnd) {
        long offset = core.rules().truncationOffset(leaderEnd, core.log());
        Invariant.check(
                offset >= core.highWatermark(),
                "truncation to %d below high watermark %d",
                offset,
                core.highWatermark());
        core.log().truncate(offset);
        core.effect(new RaftEffect.TruncateLog(offset));
    }

    /** Takes over the leader's high watermark as far as the own log reaches, durably. */
    void advance(FetchLoop loop) {
        core.raiseHighWatermark(Math.min(loop.leaderHighWatermark, core.log().durableOffset()));
    }

    void pieceFetched(Envelope envelope, FetchSnapshotAnswer answer) {
        Optional<FetchLoop> expected = expecting(envelope, answer);
        if (expected.isEmpty()) {
            return;
        }
        FetchLoop loop = expected.get();
        long next = loop.snapshotPosition + answer.bytes().length;
        if (!answer.id().equals(loop.snapshot)
                || answer.position() != loop.snapshotPosition
                || answer.bytes().length == 0
                || next > answer.totalBytes()) {
            dropSnapshot(loop);
            retryLater();
            return;
        }
        core.effect(
                new RaftEffect.WriteSnapshotPiece(
                        loop.snapshot, loop.snapshotPosition, answer.bytes()));
        loop.snapshotPosition = next;
        if (next == answer.totalBytes()) {
            OffsetAndEpoch id = loop.snapshot;
            loop.snapshot = OffsetAndEpoch.ZERO;
            core.startInstall(id);
        }
    }

    private void dropSnapshot(FetchLoop loop) {
        if (loop.fetchesSnapshot()) {
            loop.snapshot = OffsetAndEpoch.ZERO;
            core.effect(new RaftEffect.DiscardSnapshotPieces());
        }
    }

    long deadlineNanos(Fetches fetching) {
        FetchLoop loop = fetching.loop();
        long earliest = loop.hasLeader() ? loop.leaderDeadlineNanos : Long.MAX_VALUE;
        earliest = Math.min(earliest, core.voterChanges().deadlineNanos(loop));
        if (loop.waitsForAnswer()) {
            return Math.min(earliest, loop.requestDeadlineNanos);
        }
        return mayAsk(loop) ? Math.min(earliest, loop.retryNanos) : earliest;
    }
}
