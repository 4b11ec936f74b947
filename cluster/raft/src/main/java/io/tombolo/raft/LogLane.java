package io.tombolo.raft;

import io.tombolo.environment.Offload;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.raft.log.RaftLog;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * The log directory as the loop sees it: work is ordered here, done elsewhere one after the other,
 * and its outcome comes back on the loop. The first failure ends the replica: after a failed write
 * nobody knows what the disk holds.
 */
final class LogLane {

    /** Work on the log. */
    interface Work<T> {
        T on(RaftLog log) throws Exception;
    }

    /** A log, and the replica that it is. */
    record Opened(RaftLog log, ReplicaKey self) {}

    private final RaftNode.Place place;
    private final RaftLog log;
    private final Consumer<Exception> onFault;
    private boolean closed;

    LogLane(RaftNode.Place place, RaftLog log, Consumer<Exception> onFault) {
        this.place = place;
        this.log = log;
        this.onFault = onFault;
    }

    static void open(
            RaftNode.Place place,
            RaftNode.Membership membership,
            int segmentBytesMax,
            Consumer<Opened> opened,
            Consumer<Exception> onFault) {
        Callable<Opened> work = () -> open(place, membership, segmentBytesMax);
        place.offload()
                .submit(
                        laneOf(place),
                        work,
                        place.loop(),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<Opened>(Opened log) -> opened.accept(log);
                                case Outcome.Failed<Opened>(Exception cause) ->
                                        onFault.accept(cause);
                            }
                        });
    }

    private static Opened open(
            RaftNode.Place place, RaftNode.Membership membership, int segmentBytesMax)
            throws IOException {
        var log = new RaftLog(place.disk(), place.directory(), segmentBytesMax);
        try {
            UUID kept = membership.self().directoryId();
            UUID id =
                    log.settleId(
                            kept, membership.drawsId() ? place.entropy()::nextUuid : () -> kept);
            return new Opened(log, new ReplicaKey(membership.self().nodeId(), id));
        } catch (IOException | RuntimeException unusable) {
            log.close();
            throw unusable;
        }
    }

    private static int laneOf(RaftNode.Place place) {
        return place.directory().toString().hashCode();
    }

    /** Orders work; {@code done} gets its result unless it fails. */
    <T> void order(Work<T> work, Consumer<T> done) {
        if (closed) {
            return;
        }
        place.offload()
                .submit(
                        laneOf(place),
                        () -> work.on(log),
                        place.loop(),
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Done<T>(T value) -> guarded(() -> done.accept(value));
                                case Outcome.Failed<T>(Exception cause) -> onFault.accept(cause);
                            }
                        });
    }

    /** Runs something in another turn of the loop. */
    void runLater(Runnable task) {
        place.loop().execute(() -> guarded(task));
    }

    /** A state machine that could not take a batch in must not be handed the next one. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException broken) {
            onFault.accept(broken);
        }
    }

    /** Writes a snapshot beside the lane, so that fsyncs of the log do not wait for it. */
    void writeSnapshot(
            OffsetAndEpoch id,
            VoterSet voters,
            Iterator<List<byte[]>> batches,
            Consumer<Outcome<OffsetAndEpoch>> done) {
        Offload offload = place.offload();
        offload.submit(
                laneOf(place) + 1,
                () -> {
                    log.writeSnapshot(id, voters, batches);
                    return id;
                },
                place.loop(),
                outcome -> {
                    if (outcome instanceof Outcome.Failed<OffsetAndEpoch>(Exception cause)
                            && cause instanceof java.io.IOException) {
                        onFault.accept(cause);
                    }
                    done.accept(outcome);
                });
    }

    /** Closes the files behind everything ordered before. */
    void close(Runnable done) {
        order(
                files -> {
                    files.close();
                    return true;
                },
                _ -> done.run());
        closed = true;
    }
}
