package io.tombolo.raft.core;

import io.tombolo.raft.core.Elections.Ballot;
import io.tombolo.raft.core.LeaderBook.Parked;
import io.tombolo.raft.core.LeaderBook.Progress;
import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftState.Leader;
import io.tombolo.raft.core.RaftState.Resigned;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a leader does: append, serve fetches, advance the high watermark, watch its majority. */
final class Leadership {

    private final RaftCore core;

    Leadership(RaftCore core) {
        this.core = core;
    }

    /** Begins the epoch that a majority has voted for. */
    void begin(Ballot ballot) {
        ReplicaKey self = core.self();
        core.elect(core.election().epoch(), self, self.nodeId());
        var book = new LeaderBook(core.log().endOffset());
        core.enter(new Leader(book));
        core.elections().settled();
        VoterSet voters = core.log().voters();
        var records = new ArrayList<byte[]>();
        records.add(
                new ControlRecord.LeaderChange(
                                self.nodeId(), voters.keys(), List.copyOf(ballot.granting()))
                        .encode());
        if (!core.log().namesVoters()) {
            records.add(new ControlRecord.Voters(voters).encode());
        }
        append(book, true, records);
        for (ReplicaKey voter : voters.keys()) {
            if (!voter.equals(self)) {
                book.progressOf(voter, core.now());
            }
        }
    }

    ProposeResult propose(List<byte[]> records, int epoch) {
        if (!(core.state() instanceof Leader(LeaderBook book))
                || epoch != core.election().epoch()) {
            return new ProposeResult.NotLeader(core.election().leader());
        }
        RaftSettings.Bounds bounds = core.settings().bounds();
        long sizeBytes = LogBatch.sizeBytes(records);
        if (sizeBytes > bounds.batchBytesMax()) {
            return new ProposeResult.TooLarge(sizeBytes, bounds.batchBytesMax());
        }
        long waiting = book.uncommittedBytes();
        if (waiting > 0 && waiting + sizeBytes > bounds.uncommittedBytesMax()) {
            return new ProposeResult.Overloaded(waiting, bounds.uncommittedBytesMax());
        }
        LogBatch batch = append(book, false, records);
        return new ProposeResult.Accepted(batch.baseOffset(), batch.endOffset() - 1);
    }

    /** Appends a voter set, in force at once, and gives the offset behind it. */
    long append(LeaderBook book, VoterSet voters) {
        return append(book, true, List.of(new ControlRecord.Voters(voters).encode())).endOffset();
    }

    private LogBatch append(LeaderBook book, boolean control, List<byte[]> records) {
        var batch = new LogBatch(core.log().endOffset(), core.election().epoch(), control, records);
        core.log().append(batch);
        core.effect(new RaftEffect.AppendBatches(List.of(batch)));
        book.appended(batch);
        serveParked(book);
        return batch;
    }

    /** Serves a fetch; its position is what the fetching replica has made durable. */
    void fetch(Envelope envelope, FetchRequest request) {
        RaftError error = check(request.epoch());
        if (error != RaftError.NONE || !(core.state() instanceof Leader(LeaderBook book))) {
            refuse(envelope, error);
            return;
        }
        ReplicaKey replica = request.replica();
        book.unpark(replica);
        boolean remembered = remembers(book, replica);
        if (remembered) {
            book.progressOf(replica, core.now()).contact(core.now());
        }
        Optional<Fetched> correction = core.rules().correction(request.position(), core.log());
        if (correction.isPresent()) {
            core.answer(envelope, answerWith(correction.get()));
            return;
        }
        if (remembered) {
            book.progressOf(replica, core.now())
                    .fetchedAt(request.position().offset(), core.log().endOffset(), core.now());
            advance();
            if (!(core.state() instanceof Leader)) {
                refuse(envelope, RaftError.NOT_LEADER_OR_FOLLOWER);
                return;
            }
        }
        if (hasNews(request) || !remembered || request.waitNanosMax() <= 0) {
            serve(envelope, request);
        } else {
            long wait =
                    Math.min(
                            request.waitNanosMax(), core.settings().timing().fetchWait().toNanos());
            book.park(replica, new Parked(envelope, request, core.now() + wait));
        }
    }

    private boolean remembers(LeaderBook book, ReplicaKey replica) {
        VoterSet voters = core.log().voters();
        return voters.contains(replica)
                || book.knows(replica)
                || book.observerCount(voters) < core.settings().bounds().observersMax();
    }

    /** Serves a piece of a snapshot; the driver knows whether there still is one. */
    void fetchSnapshot(Envelope envelope, FetchSnapshotRequest request) {
        RaftError error = check(request.epoch());
        if (error == RaftError.NONE && request.id().offset() > core.log().snapshot().offset()) {
            error = RaftError.SNAPSHOT_NOT_FOUND;
        }
        if (error == RaftError.NONE && request.position() < 0) {
            error = RaftError.POSITION_OUT_OF_RANGE;
        }
        var answer =
                new FetchSnapshotAnswer(
                        error,
                        core.election().leader(),
                        request.id(),
                        0,
                        request.position(),
                        new byte[0]);
        if (error != RaftError.NONE || !(core.state() instanceof Leader(LeaderBook book))) {
            core.answer(envelope, answer);
            return;
        }
        if (remembers(book, request.replica())) {
            book.progressOf(request.replica(), core.now()).contact(core.now());
        }
        int bytesMax =
                Math.max(
                        1,
                        Math.min(
                                request.bytesMax(),
                                core.settings().bounds().snapshotChunkBytesMax()));
        core.effect(
                new RaftEffect.SendSnapshotPiece(RaftCore.answering(envelope, answer), bytesMax));
    }

    private RaftError check(int epoch) {
        if (epoch < core.election().epoch()) {
            return RaftError.FENCED_LEADER_EPOCH;
        }
        if (epoch > core.election().epoch()) {
            return RaftError.UNKNOWN_LEADER_EPOCH;
        }
        return core.state() instanceof Leader ? RaftError.NONE : RaftError.NOT_LEADER_OR_FOLLOWER;
    }

    private void refuse(Envelope envelope, RaftError error) {
        core.answer(
                envelope,
                new FetchAnswer(error, core.election().leader(), -1, Fetched.Records.NONE));
    }

    private FetchAnswer answerWith(Fetched fetched) {
        return new FetchAnswer(
                RaftError.NONE, core.election().leader(), core.highWatermark(), fetched);
    }

    private boolean hasNews(FetchRequest request) {
        return core.log().endOffset() > request.position().offset()
                || core.highWatermark() > request.highWatermark();
    }

    private void serve(Envelope envelope, FetchRequest request) {
        FetchAnswer answer = answerWith(Fetched.Records.NONE);
        long offset = request.position().offset();
        long endOffset = core.log().endOffset();
        if (endOffset == offset) {
            core.answer(envelope, answer);
            return;
        }
        int bytesMax = Math.min(request.bytesMax(), core.settings().bounds().fetchBytesMax());
        core.effect(
                new RaftEffect.SendRecords(
                        RaftCore.answering(envelope, answer), offset, endOffset, bytesMax));
    }

    private void serveParked(LeaderBook book) {
        if (book.parked().isEmpty()) {
            return;
        }
        for (Parked each : book.releaseParked()) {
            if (hasNews(each.request()) || core.due(each.deadlineNanos())) {
                serve(each.envelope(), each.request());
            } else {
                book.park(each.request().replica(), each);
            }
        }
    }

    /** Whoever waits for news is answered, so that all who live are heard again at once. */
    void callRoll(LeaderBook book) {
        book.releaseParked().forEach(each -> serve(each.envelope(), each.request()));
    }

    /** Commits what a majority of voters has made durable. */
    void advance() {
        if (!(core.state() instanceof Leader(LeaderBook book))) {
            return;
        }
        long offset = Math.min(majorityOffset(book), core.log().endOffset());
        if (offset <= core.highWatermark()
                || !core.rules().mayCommit(offset, book.epochStartOffset())) {
            return;
        }
        core.raiseHighWatermark(offset);
        book.committed(offset);
        if (!book.announced()) {
            book.announce();
            core.announce(core.election().leader(), book.epochStartOffset());
        }
        serveParked(book);
        core.voterChanges().committed(book);
    }

    private long majorityOffset(LeaderBook book) {
        VoterSet voters = core.log().voters();
        var offsets = new ArrayList<Long>();
        if (core.rules().countsItself(core.votes())) {
            offsets.add(core.rules().ownOffset(core.log()));
        }
        for (ReplicaKey voter : voters.keys()) {
            if (!voter.equals(core.self())) {
                offsets.add(book.progressOf(voter, core.now()).endOffset);
            }
        }
        offsets.sort(Comparator.reverseOrder());
        return offsets.get(voters.majority() - 1);
    }

    void onTime(LeaderBook book) {
        if (core.due(contactDeadlineNanos(book))) {
            resignIfLeading();
            return;
        }
        long half = core.fetchNanos() / 2;
        for (ReplicaKey voter : core.log().voters().keys()) {
            if (voter.equals(core.self())) {
                continue;
            }
            Progress progress = book.progressOf(voter, core.now());
            if (core.due(progress.beginDueNanos)) {
                progress.beginDueNanos = core.now() + half;
                if (!progress.fetched || core.due(progress.lastFetchNanos + half)) {
                    core.ask(
                            voter.nodeId(), new BeginEpochRequest(voter, core.election().leader()));
                }
            }
        }
        for (Parked each : List.copyOf(book.parked())) {
            if (core.due(each.deadlineNanos())) {
                book.unpark(each.request().replica());
                serve(each.envelope(), each.request());
            }
        }
        book.forgetObservers(core.log().voters(), core.now(), core.fetchNanos());
        core.voterChanges().onTime(book);
    }

    long deadlineNanos(LeaderBook book) {
        long earliest =
                Math.min(contactDeadlineNanos(book), core.voterChanges().deadlineNanos(book));
        for (ReplicaKey voter : core.log().voters().keys()) {
            if (!voter.equals(core.self())) {
                earliest = Math.min(earliest, book.progressOf(voter, core.now()).beginDueNanos);
            }
        }
        for (Parked each : book.parked()) {
            earliest = Math.min(earliest, each.deadlineNanos());
        }
        return earliest;
    }

    /** When the leader will have been without its majority for too long; never for a sole voter. */
    private long contactDeadlineNanos(LeaderBook book) {
        VoterSet voters = core.log().voters();
        int othersNeeded = voters.majority() - (core.votes() ? 1 : 0);
        if (othersNeeded == 0) {
            return Long.MAX_VALUE;
        }
        var contacts = new ArrayList<Long>();
        for (ReplicaKey voter : voters.keys()) {
            if (!voter.equals(core.self())) {
                contacts.add(book.progressOf(voter, core.now()).lastFetchNanos);
            }
        }
        contacts.sort(Comparator.reverseOrder());
        long fetchNanos = core.fetchNanos();
        return Math.max(
                contacts.get(othersNeeded - 1) + fetchNanos + fetchNanos / 2, book.excusedNanos());
    }

    /** How many of these voters have been heard since then, this replica included. */
    int heard(LeaderBook book, VoterSet voters, long sinceNanos) {
        int heard = voters.contains(core.self()) ? 1 : 0;
        for (ReplicaKey voter : voters.keys()) {
            if (!voter.equals(core.self())) {
                Progress progress = book.progressOf(voter, core.now());
                heard += progress.fetched && progress.lastFetchNanos - sinceNanos >= 0 ? 1 : 0;
            }
        }
        return heard;
    }

    /** Steps down within its epoch and says so. */
    void resignIfLeading() {
        if (!(core.state() instanceof Leader(LeaderBook book))) {
            return;
        }
        LeaderAndEpoch leader = core.election().leader();
        List<ReplicaKey> successors = book.successors(core.log().voters(), core.self());
        leave();
        core.elect(leader.epoch(), core.election().votedFor(), LeaderAndEpoch.NO_LEADER);
        core.enter(new Resigned(core.now() + core.electionTimeoutNanos()));
        for (ReplicaKey voter : successors) {
            core.ask(voter.nodeId(), new EndEpochRequest(leader, successors));
        }
    }

    /** Whoever waits for news of this leader is sent away. */
    void leave() {
        if (core.state() instanceof Leader(LeaderBook book)) {
            core.voterChanges().left(book);
            var nobody = new LeaderAndEpoch(LeaderAndEpoch.NO_LEADER, core.election().epoch());
            for (Parked each : book.releaseParked()) {
                core.answer(
                        each.envelope(),
                        new FetchAnswer(
                                RaftError.NOT_LEADER_OR_FOLLOWER,
                                nobody,
                                -1,
                                Fetched.Records.NONE));
            }
        }
    }

    List<RaftCore.ReplicaProgress> replicas() {
        if (!(core.state() instanceof Leader(LeaderBook book))) {
            return List.of();
        }
        var all = new ArrayList<RaftCore.ReplicaProgress>();
        VoterSet voters = core.log().voters();
        for (boolean voting : new boolean[] {true, false}) {
            book.progress()
                    .forEach((key, each) -> {
                        if (voters.contains(key) == voting) {
                            all.add(
                                    new RaftCore.ReplicaProgress(
                                            key,
                                            each.endOffset,
                                            each.fetched,
                                            each.lastFetchNanos,
                                            each.everCaughtUp,
                                            each.lastCaughtUpNanos));
                        }
                    });
        }
        return all;
    }
}
