package io.tombolo.raft;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftEvent.Room;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;
import io.tombolo.raft.log.RaftLog;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The log directory as the loop sees it: work is ordered here, done elsewhere one after the other,
 * and its outcome comes back on the loop. Mutable, owned by that loop.
 *
 * <p>A full disk is a disk that stands still: work that finds no room takes from the reserve of the
 * log, and when that is used up it waits, with everything behind it, and is tried again until there
 * is room. So nothing that was not written is ever taken for done. Any other failure ends the
 * replica: after a failed write nobody knows what the disk holds.
 */
final class LogLane {

    /** How often a disk that was full is looked at. */
    private static final long LOOK_NANOS = Duration.ofSeconds(1).toNanos();

    /** Work on the log; what failed for want of room is called again. */
    interface Work<T> {
        T on(RaftLog log) throws Exception;
    }

    /** A log, and the replica that it is. */
    record Opened(RaftLog log, ReplicaKey self) {}

    /** Who hears of what happens to the directory. */
    record Listener(Consumer<Room> onRoom, Consumer<Exception> onFault) {}

    /** What the lane has made of some work. */
    private sealed interface Result<T> {

        record Value<T>(T value) implements Result<T> {}

        /** It found no room, and nothing of it was done that would be done twice. */
        record NoRoom<T>() implements Result<T> {}

        /** What came before it found no room. */
        record NotBegun<T>() implements Result<T> {}
    }

    private record Job<T>(Work<T> work, Consumer<T> done) {}

    private final RaftNode.Place place;
    private final RaftLog log;
    private final Listener listener;

    /** What is not done yet, the oldest first. */
    private final ArrayDeque<Job<?>> ordered = new ArrayDeque<>();

    /** Jobs on their way to the lane and back. */
    private int submittedCount;

    /** Written on the lane when a job finds no room; cleared here when none is on its way. */
    private volatile boolean stuck;

    private Room room = Room.AMPLE;
    private EventLoop.Timer look = () -> {};
    private boolean closed;

    LogLane(RaftNode.Place place, RaftLog log, Listener listener) {
        this.place = place;
        this.log = log;
        this.listener = listener;
        look = place.loop().schedule(LOOK_NANOS, this::look);
    }

    static void open(
            RaftNode.Place place,
            RaftNode.Membership membership,
            Callable<RaftLog> opening,
            Consumer<Opened> opened,
            Consumer<Exception> onFault) {
        Callable<Opened> work = () -> open(place, membership, opening);
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
            RaftNode.Place place, RaftNode.Membership membership, Callable<RaftLog> opening)
            throws Exception {
        RaftLog log = opening.call();
        try {
            ReplicaKey kept = membership.self();
            Supplier<UUID> begun =
                    membership.drawsId() ? place.entropy()::nextUuid : kept::directoryId;
            return new Opened(log, log.settleKey(membership.clusterId(), kept, begun));
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
        var job = new Job<>(work, done);
        ordered.add(job);
        if (room != Room.NONE) {
            submit(job);
        }
    }

    private <T> void submit(Job<T> job) {
        submittedCount++;
        place.offload()
                .submit(
                        laneOf(place),
                        () -> stuck ? new Result.NotBegun<T>() : carryOut(job.work()),
                        place.loop(),
                        outcome -> ended(job, outcome));
    }

    /** On the lane. */
    private <T> Result<T> carryOut(Work<T> work) throws Exception {
        while (true) {
            try {
                return new Result.Value<>(work.on(log));
            } catch (IOException failure) {
                if (!log.lacksRoom(failure)) {
                    throw failure;
                }
                if (!log.giveUpReserve()) {
                    stuck = true;
                    return new Result.NoRoom<>();
                }
            }
        }
    }

    private <T> void ended(Job<T> job, Outcome<Result<T>> outcome) {
        submittedCount--;
        switch (outcome) {
            case Outcome.Failed<Result<T>>(Exception cause) -> {
                forget(job);
                listener.onFault().accept(cause);
            }
            case Outcome.Done<Result<T>>(Result.Value<T>(T value)) -> {
                forget(job);
                guarded(() -> job.done().accept(value));
                found(log.reserveWhole() ? Room.AMPLE : Room.RESERVE);
            }
            case Outcome.Done<Result<T>>(Result.NoRoom<T> _) -> found(Room.NONE);
            case Outcome.Done<Result<T>>(Result.NotBegun<T> _) -> {}
        }
        if (closed && submittedCount == 0 && !ordered.isEmpty()) {
            closeAtOnce();
        }
    }

    private void forget(Job<?> job) {
        Job<?> oldest = ordered.poll();
        Invariant.check(oldest == job, "work on the log ended out of its order");
    }

    private void found(Room now) {
        if (now == room || closed || stuck && now != Room.NONE) {
            return;
        }
        boolean waited = room == Room.NONE;
        room = now;
        if (waited) {
            submitFrom(submittedCount);
        }
        if (now != Room.AMPLE) {
            look.cancel();
            look = place.loop().schedule(LOOK_NANOS, this::look);
        }
        guarded(() -> listener.onRoom().accept(now));
    }

    /** Tries what waits once more, and makes the reserve whole again. */
    private void look() {
        if (closed) {
            return;
        }
        if (room == Room.NONE && submittedCount == 0) {
            stuck = false;
            submitFrom(0);
        } else if (room != Room.NONE) {
            order(
                    files -> {
                        files.tendReserve();
                        return true;
                    },
                    _ -> {});
        }
        if (room != Room.AMPLE) {
            look = place.loop().schedule(LOOK_NANOS, this::look);
        }
    }

    /** What was ordered before is on its way already. */
    private void submitFrom(int first) {
        List.copyOf(ordered).stream().skip(first).forEach(this::submit);
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
            listener.onFault().accept(broken);
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
                            && cause instanceof IOException failure
                            && !log.lacksRoom(failure)) {
                        listener.onFault().accept(cause);
                    }
                    done.accept(outcome);
                });
    }

    /** Closes the files behind everything ordered before, save what finds no room. */
    void close(Runnable done) {
        close(
                files -> {
                    files.close();
                    return true;
                },
                done);
    }

    /** As {@link #close}; files of a log that was never used go. */
    void withdraw(Runnable done) {
        close(
                files -> {
                    files.withdraw();
                    return true;
                },
                done);
    }

    private void close(Work<Boolean> closing, Runnable done) {
        look.cancel();
        if (closed) {
            return;
        }
        order(closing, _ -> done.run());
        closed = true;
        if (submittedCount == 0) {
            closeAtOnce();
        }
    }

    /** Nothing waits for room any more: nobody was told that it was done. */
    private void closeAtOnce() {
        stuck = false;
        Job<?> last = ordered.getLast();
        ordered.clear();
        ordered.add(last);
        submit(last);
    }
}
