package io.tombolo.raft;

import io.tombolo.environment.Invariant;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.log.RaftLog.SnapshotSlice;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings snapshots, committed batches and leader changes to the state machine, in this order of the
 * log, reading off the loop what is no longer in memory. Mutable, owned by the node's loop.
 */
final class Delivery {

    /** Bytes handed over in one turn of the loop. */
    private static final long TURN_BYTES = 1 << 20;

    /** Where it gets what it hands over; each answer comes later, on the loop. */
    interface Source {

        /** The batches in memory from an offset on; none when they have to be read. */
        List<LogBatch> cached(long offset, long endOffset, long bytesMax);

        /** Reads batches; none when a snapshot has replaced them meanwhile. */
        void read(long offset, long endOffset, Consumer<List<LogBatch>> then);

        /** Loads a slice of a snapshot; nothing when a newer one has replaced it meanwhile. */
        void load(OffsetAndEpoch id, long position, Consumer<Optional<SnapshotSlice>> then);

        /** Goes on in another turn of the loop. */
        void later(Runnable then);
    }

    private sealed interface Item {
        record Load(OffsetAndEpoch id, long position) implements Item {}

        record Commit(long highWatermark) implements Item {}

        record Leader(LeaderAndEpoch leader) implements Item {}
    }

    private final RaftListener listener;
    private final Source source;
    private final Deque<Item> items = new ArrayDeque<>();
    private long appliedOffset;
    private boolean waiting;
    private boolean running;
    private int generation;

    Delivery(RaftListener listener, Source source) {
        this.listener = listener;
        this.source = source;
    }

    long appliedOffset() {
        return appliedOffset;
    }

    /** A snapshot makes everything undelivered before it obsolete, but not who led. */
    void load(OffsetAndEpoch id) {
        items.removeIf(item -> !(item instanceof Item.Leader));
        items.add(new Item.Load(id, 0));
        generation++;
        waiting = false;
        run();
    }

    void commit(long highWatermark) {
        // Commits that wait in a row are one.
        if (items.peekLast() instanceof Item.Commit) {
            items.removeLast();
        }
        items.add(new Item.Commit(highWatermark));
        run();
    }

    void leader(LeaderAndEpoch leader) {
        items.add(new Item.Leader(leader));
        run();
    }

    /** Goes on as far as memory and one turn allow. */
    void run() {
        if (waiting || running) {
            return;
        }
        running = true;
        long left = TURN_BYTES;
        while (!waiting && !items.isEmpty()) {
            if (left <= 0) {
                waiting = true;
                Consumer<Boolean> goOn = current(_ -> resume());
                source.later(() -> goOn.accept(true));
                break;
            }
            switch (items.getFirst()) {
                case Item.Load load -> {
                    waiting = true;
                    source.load(load.id(), load.position(), current(found -> loaded(load, found)));
                }
                case Item.Leader(LeaderAndEpoch leader) -> {
                    items.removeFirst();
                    listener.onLeaderChange(leader);
                }
                case Item.Commit(long highWatermark) -> {
                    if (appliedOffset >= highWatermark) {
                        items.removeFirst();
                    } else {
                        left -= deliverCached(highWatermark, left);
                    }
                }
            }
        }
        running = false;
    }

    private long deliverCached(long highWatermark, long bytesMax) {
        List<LogBatch> batches = source.cached(appliedOffset, highWatermark, bytesMax);
        if (batches.isEmpty()) {
            waiting = true;
            source.read(appliedOffset, highWatermark, current(this::read));
            return 0;
        }
        deliver(batches);
        return batches.stream().mapToLong(LogBatch::sizeBytes).sum();
    }

    private void deliver(List<LogBatch> batches) {
        for (LogBatch batch : batches) {
            Invariant.check(
                    batch.baseOffset() == appliedOffset,
                    "batch at %d is committed after %d",
                    batch.baseOffset(),
                    appliedOffset);
            appliedOffset = batch.endOffset();
            if (!batch.control()) {
                listener.onCommit(batch);
            }
        }
    }

    /** Wraps what is waited for, so that it is ignored once a snapshot has made it obsolete. */
    private <T> Consumer<T> current(Consumer<T> then) {
        int expected = generation;
        return found -> {
            if (expected == generation) {
                then.accept(found);
            }
        };
    }

    private void read(List<LogBatch> batches) {
        // Committed batches go away only for a snapshot that holds them: that will start us again.
        if (!batches.isEmpty()) {
            running = true;
            deliver(batches);
            running = false;
            resume();
        }
    }

    private void loaded(Item.Load load, Optional<SnapshotSlice> found) {
        if (found.isEmpty()) {
            return;
        }
        items.removeFirst();
        running = true;
        if (load.position() == 0) {
            listener.onSnapshotBegun(load.id());
        }
        found.get().batches().forEach(listener::onSnapshotRecords);
        if (found.get().last()) {
            appliedOffset = load.id().offset();
            listener.onSnapshotEnded(load.id());
        } else {
            items.addFirst(new Item.Load(load.id(), found.get().nextPosition()));
        }
        running = false;
        resume();
    }

    private void resume() {
        waiting = false;
        run();
    }
}
