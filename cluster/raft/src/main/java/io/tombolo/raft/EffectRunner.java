package io.tombolo.raft;

import io.tombolo.environment.EventLoop;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEffect;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftEvent;
import io.tombolo.raft.core.RaftMessage.Envelope;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftSettings;
import io.tombolo.raft.core.VoterChange;
import io.tombolo.raft.log.RaftLog.SnapshotPiece;
import io.tombolo.raft.log.RaftLog.SnapshotSlice;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries out effects in their order. Nothing behind an election state leaves before that is
 * durable; work on the log is ordered on one lane, so that each piece sees what came before it.
 * Mutable, owned by the node's loop.
 */
final class EffectRunner {

    /** What the effects reach. */
    record Ports(
            RaftNode.Place place,
            RaftTransport transport,
            RaftListener listener,
            Consumer<RaftEvent> events) {}

    private final Ports ports;
    private final LogLane lane;
    private final RaftSettings.Bounds bounds;
    private final TailCache cache;
    private final Delivery delivery;
    private final Deque<RaftEffect> waiting = new ArrayDeque<>();
    private Optional<EventLoop.Timer> timer = Optional.empty();
    private boolean blocked;
    private boolean running;
    private boolean stopped;

    EffectRunner(Ports ports, LogLane lane, RaftSettings.Bounds bounds) {
        this.ports = ports;
        this.lane = lane;
        this.bounds = bounds;
        cache = new TailCache(2L * bounds.fetchBytesMax());
        delivery = new Delivery(ports.listener(), new LogSource());
    }

    LogLane lane() {
        return lane;
    }

    void add(RaftEffect effect) {
        waiting.add(effect);
    }

    /** Carries out what waits; again later when something must become durable first. */
    void run() {
        if (running) {
            return;
        }
        running = true;
        try {
            while (!blocked && !waiting.isEmpty()) {
                carryOut(waiting.removeFirst());
            }
        } finally {
            running = false;
        }
    }

    /** The state machine hears nothing more; what was ordered is finished, then the files close. */
    void stop(Runnable closed) {
        end();
        lane.close(closed);
    }

    /** As {@link #stop}; files of a log that was never used go. */
    void withdraw(Runnable closed) {
        end();
        lane.withdraw(closed);
    }

    private void end() {
        stopped = true;
        timer.ifPresent(EventLoop.Timer::cancel);
    }

    private void carryOut(RaftEffect effect) {
        switch (effect) {
            case RaftEffect.PersistElectionState persist -> persist(persist);
            case RaftEffect.AppendBatches(List<LogBatch> batches) -> {
                cache.append(batches);
                order(appending(batches));
            }
            case RaftEffect.ForceLog() ->
                    orderThen(log -> {
                        log.force();
                        return new RaftEvent.LogForced();
                    });
            case RaftEffect.TruncateLog(long endOffset) -> {
                cache.truncate(endOffset);
                order(log -> log.truncate(endOffset));
            }
            case RaftEffect.TrimLog(OffsetAndEpoch snapshot) ->
                    orderThen(log -> new RaftEvent.LogTrimmed(log.trim(snapshot)));
            case RaftEffect.Send(Envelope envelope) -> ports.transport().send(envelope);
            case RaftEffect.SendRecords send -> sendRecords(send);
            case RaftEffect.SendSnapshotPiece send -> sendPiece(send);
            case RaftEffect.WriteSnapshotPiece piece ->
                    order(log ->
                            log.writeSnapshotPiece(piece.id(), piece.position(), piece.bytes()));
            case RaftEffect.InstallSnapshot(OffsetAndEpoch id) -> install(id);
            case RaftEffect.DiscardSnapshotPieces() -> order(log -> log.discardSnapshotPieces());
            case RaftEffect.LoadSnapshot(OffsetAndEpoch id) -> tell(() -> delivery.load(id));
            case RaftEffect.AdvanceHighWatermark(long offset) ->
                    tell(() -> delivery.commit(offset));
            case RaftEffect.AnnounceLeader announce ->
                    tell(() -> delivery.leader(announce.leader()));
            case RaftEffect.SetTimer(long deadlineNanos) -> setTimer(deadlineNanos);
            case RaftEffect.AskVoterChange(LeaderAndEpoch leader, VoterChange change) ->
                    ports.transport().askVoterChange(leader, change);
            case RaftEffect.AnswerProposal _, RaftEffect.AnswerVoterChange _ ->
                    throw new IllegalStateException("a question is answered where it is asked");
        }
    }

    /** Goes on where it ended when there was no room. */
    private static Command appending(List<LogBatch> batches) {
        var left = new ArrayDeque<>(batches);
        return log -> {
            while (!left.isEmpty()) {
                log.append(left.element());
                left.remove();
            }
        };
    }

    private interface Command {
        void on(io.tombolo.raft.log.RaftLog log) throws Exception;
    }

    private void order(Command command) {
        lane.order(
                log -> {
                    command.on(log);
                    return true;
                },
                _ -> {});
    }

    private void orderThen(LogLane.Work<RaftEvent> work) {
        lane.order(work, ports.events());
    }

    private void tell(Runnable what) {
        if (!stopped) {
            what.run();
        }
    }

    private void persist(RaftEffect.PersistElectionState effect) {
        blocked = true;
        lane.order(
                log -> {
                    log.persist(effect.state());
                    return true;
                },
                _ -> {
                    blocked = false;
                    run();
                });
    }

    private void install(OffsetAndEpoch id) {
        lane.order(
                log -> log.installSnapshot(id),
                voters -> {
                    if (voters.isPresent()) {
                        cache.clear();
                        ports.events().accept(new RaftEvent.SnapshotInstalled(id, voters.get()));
                    } else {
                        ports.events().accept(new RaftEvent.SnapshotRejected(id));
                    }
                });
    }

    private void sendRecords(RaftEffect.SendRecords send) {
        List<LogBatch> batches = cache.read(send.offset(), send.endOffset(), send.bytesMax());
        if (!batches.isEmpty()) {
            sendRecords(send.envelope(), batches);
            return;
        }
        lane.order(
                log -> log.read(send.offset(), send.endOffset(), send.bytesMax()),
                found -> {
                    // Trimmed meanwhile: the replica asks again and is sent to the snapshot.
                    if (!found.isEmpty()) {
                        sendRecords(send.envelope(), found);
                    }
                });
    }

    private void sendRecords(Envelope envelope, List<LogBatch> batches) {
        var answer = (FetchAnswer) envelope.body();
        ports.transport()
                .send(
                        new Envelope(
                                envelope.from(),
                                envelope.to(),
                                envelope.exchange(),
                                new FetchAnswer(
                                        answer.error(),
                                        answer.current(),
                                        answer.highWatermark(),
                                        new Fetched.Records(batches))));
    }

    private void sendPiece(RaftEffect.SendSnapshotPiece send) {
        Envelope envelope = send.envelope();
        var asked = (FetchSnapshotAnswer) envelope.body();
        lane.order(
                log -> log.readSnapshotPiece(asked.id(), asked.position(), send.bytesMax()),
                piece ->
                        ports.transport()
                                .send(
                                        new Envelope(
                                                envelope.from(),
                                                envelope.to(),
                                                envelope.exchange(),
                                                answerWith(asked, piece))));
    }

    private static FetchSnapshotAnswer answerWith(
            FetchSnapshotAnswer asked, Optional<SnapshotPiece> found) {
        SnapshotPiece piece = found.orElse(new SnapshotPiece(0, new byte[0]));
        RaftError error =
                found.isEmpty()
                        ? RaftError.SNAPSHOT_NOT_FOUND
                        : piece.bytes().length == 0
                                ? RaftError.POSITION_OUT_OF_RANGE
                                : RaftError.NONE;
        return new FetchSnapshotAnswer(
                error,
                asked.current(),
                asked.id(),
                piece.totalBytes(),
                asked.position(),
                piece.bytes());
    }

    private void setTimer(long deadlineNanos) {
        timer.ifPresent(EventLoop.Timer::cancel);
        timer = Optional.empty();
        if (deadlineNanos != Long.MAX_VALUE && !stopped) {
            long delay = deadlineNanos - ports.place().clock().nanoTime();
            timer =
                    Optional.of(
                            ports.place()
                                    .loop()
                                    .schedule(
                                            delay,
                                            () ->
                                                    ports.events()
                                                            .accept(new RaftEvent.TimerFired())));
        }
    }

    /** Reads for the delivery, behind all writes ordered so far. */
    private final class LogSource implements Delivery.Source {

        @Override
        public List<LogBatch> cached(long offset, long endOffset, long bytesMax) {
            return cache.read(offset, endOffset, bytesMax);
        }

        @Override
        public void read(long offset, long endOffset, Consumer<List<LogBatch>> then) {
            lane.order(
                    log -> log.read(offset, endOffset, bounds.fetchBytesMax()),
                    found -> tell(() -> then.accept(found)));
        }

        @Override
        public void load(OffsetAndEpoch id, long position, Consumer<Optional<SnapshotSlice>> then) {
            lane.order(
                    log -> log.readSnapshotSlice(id, position, bounds.snapshotChunkBytesMax()),
                    found -> tell(() -> then.accept(found)));
        }

        @Override
        public void later(Runnable then) {
            lane.runLater(() -> tell(then));
        }
    }
}
