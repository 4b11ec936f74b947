package io.tombolo.storage.log;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.environment.Payload;
import io.tombolo.storage.partition.LogContents;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Moves a log to another directory while it is used. Mutable, confined to the loop that owns the
 * log.
 *
 * <pre>
 * copying     the copy follows the log, chunk by chunk; the log is what counts
 * learning    the copy had all there was: it learns what records do not tell, and that is forced
 * swapping    the copy has all there is: in one turn of the loop it is forced, takes the log's
 *             name, and the old files lose theirs
 * </pre>
 *
 * <p>The copy is in a directory of its own name ({@code …-future}), so a crash before the swap
 * leaves a log and an unfinished copy, from which the next start goes on. A crash within the swap
 * may leave two directories of the same name; both then hold every durable record, and the start
 * keeps the one that goes further.
 */
public final class LogMove {

    /** Bytes that one step copies, at least one batch. */
    static final int STEP_BYTES = 1 << 20;

    /** How often a move begins at the beginning before it gives up. */
    static final int SEEDS_MAX = 100;

    private final LogDirectory from;
    private final LogDirectory to;
    private final PartitionLog current;
    private final PartitionLog copy;
    private final Consumer<Ending> done;
    private final EventLoop loop;
    private final Rules rules;
    private final Pace pace;
    private int seedCount;
    private boolean barrierPassed;
    private boolean learned;
    private boolean ended;

    /** What a move does not take for granted; less than {@link #ALL} only in tests of the tests. */
    record Rules(boolean aligns, boolean learns, boolean followsCuts, boolean forces) {

        static final Rules ALL = new Rules(true, true, true, true);
    }

    /**
     * Who wants to hear of it.
     *
     * @param done called when it has ended
     */
    record Order(Consumer<Ending> done, Rules rules, Pace pace) {}

    /** How fast it may be; what it needs to keep up at the end is not held back for long. */
    public interface Pace {

        /** As fast as the disks are. */
        Pace UNLIMITED =
                new Pace() {
                    @Override
                    public long waitNanos() {
                        return 0;
                    }

                    @Override
                    public void copied(int bytes) {}
                };

        /** How long nothing may be copied; 0 when something may. */
        long waitNanos();

        void copied(int bytes);
    }

    /** How a move ended. */
    public sealed interface Ending {

        /** The log is in the other directory. */
        record Moved() implements Ending {}

        /** It was stopped; it can be begun again with the copy that there is. */
        record GivenUp() implements Ending {}

        /** The log is where it was. */
        record Failed(Exception cause) implements Ending {}
    }

    LogMove(
            LogDirectory from,
            LogDirectory to,
            PartitionLog current,
            PartitionLog copy,
            Order order) {
        this.from = from;
        this.to = to;
        this.current = current;
        this.copy = copy;
        this.done = order.done;
        this.rules = order.rules;
        this.pace = order.pace;
        this.loop = current.contents().owner;
    }

    /** The directory it leads to. */
    public LogDirectory target() {
        return to;
    }

    void start() {
        current.movedBy(this);
        copy.copiedBy(this);
        if (rules.aligns) {
            align();
        }
        loop.execute(this::proceed);
    }

    /** Ends it without an effect; the copy stays, and is the caller's to remove. */
    public void giveUp() {
        end(new Ending.GivenUp());
    }

    /**
     * After a crash the copy may hold what the log has lost: cuts it where the two part. It may
     * also know of a deletion that the log has forgotten.
     */
    private void align() {
        long start = copy.startOffset();
        if (start > current.startOffset() && start <= current.endOffset()) {
            current.deleteRecordsBefore(start, start);
        }
        long end = Math.min(copy.endOffset(), current.endOffset());
        boolean agree = false;
        while (!agree && end > copy.startOffset()) {
            int epoch = copy.epochAt(end - 1).orElse(-1);
            Optional<EpochEnd> known = current.endOffsetForEpoch(epoch);
            long limit = Math.min(end, known.map(EpochEnd::endOffset).orElse(0L));
            agree = known.isPresent() && known.get().leaderEpoch() == epoch;
            if (!agree && known.isPresent()) {
                long own =
                        copy.endOffsetForEpoch(known.get().leaderEpoch()).orElseThrow().endOffset();
                limit = Math.min(limit, own);
            }
            end = agree || limit < end ? limit : copy.startOffset();
        }
        if (end < copy.endOffset()) {
            cut(end);
        }
    }

    /** The log is about to lose everything from an offset on. */
    void truncating(long offset) {
        if (rules.followsCuts && offset < copy.endOffset()) {
            cut(offset);
        }
    }

    private void cut(long offset) {
        learned = false;
        if (offset < copy.startOffset()) {
            seed();
        } else {
            copy.truncateTo(offset);
        }
    }

    /** The log is about to go on, empty, at an offset. */
    void emptying(long offset) {
        learned = false;
        copy.truncateFullyAndStartAt(offset);
    }

    private void proceed() {
        if (ended) {
            return;
        }
        Optional<Exception> fault = current.failure().or(copy::failure);
        if (fault.isPresent()) {
            end(new Ending.Failed(fault.get()));
            return;
        }
        copy.lastStableOffset(current.checkpointedHighWatermark()); // forgets what is settled
        if (unseeded()) {
            if (!barrierPassed) {
                passBarrier();
                return;
            }
            seed();
        }
        if (ended) {
            return;
        }
        if (copy.failure().isPresent() || copy.endOffset() < current.endOffset()) {
            copyMore();
        } else {
            arrived();
        }
    }

    /** An empty copy may be what a crash has left of one, without the producers. */
    private boolean unseeded() {
        long first = firstOffset();
        return copy.endOffset() < first || seedCount == 0 && first > 0 && copy.sizeBytes() == 0;
    }

    /** Waits for what is under way for the log, such as a snapshot of producers. */
    private void passBarrier() {
        LogContents contents = current.contents();
        contents.environment
                .offload()
                .submit(
                        contents.lane(),
                        () -> true,
                        loop,
                        _ -> {
                            barrierPassed = true;
                            proceed();
                        });
    }

    /** The first offset in the files of the log, which may lie below its start. */
    private long firstOffset() {
        return current.contents().segments.getFirst().baseOffset();
    }

    /** Begins at the beginning of the log's files, with the producers as of there. */
    private void seed() {
        learned = false;
        barrierPassed = false;
        seedCount++;
        if (seedCount > SEEDS_MAX) {
            end(new Ending.Failed(new IOException("the copy cannot be made to fit")));
            return;
        }
        long offset = firstOffset();
        copy.truncateFullyAndStartAt(offset);
        try {
            copy.contents().takeSnapshot(current.contents(), offset);
        } catch (IOException failure) {
            copy.fail(failure);
        }
    }

    private void copyMore() {
        long waitNanos = pace.waitNanos();
        if (waitNanos > 0) {
            loop.schedule(waitNanos, this::proceed);
            return;
        }
        ReadResult result = current.readForCopy(copy.endOffset(), STEP_BYTES);
        if (result instanceof ReadResult.Cold(ColdRead read)) {
            LogContents contents = current.contents();
            long generation = contents.generation;
            long end = copy.endOffset();
            contents.environment
                    .offload()
                    .submit(
                            contents.lane(),
                            read,
                            loop,
                            outcome -> taken(outcome, generation, end));
        } else {
            take(result);
        }
    }

    private void taken(Outcome<ReadResult> outcome, long generation, long end) {
        boolean overtaken =
                ended || current.contents().generation != generation || copy.endOffset() != end;
        switch (outcome) {
            case Outcome.Failed<ReadResult>(Exception cause) -> end(new Ending.Failed(cause));
            case Outcome.Done<ReadResult>(ReadResult result) -> {
                if (overtaken) {
                    release(result);
                    proceed();
                } else {
                    take(result);
                }
            }
        }
    }

    private static void release(ReadResult result) {
        if (result instanceof ReadResult.Slice slice) {
            slice.parts().forEach(Payload::release);
        }
    }

    private void take(ReadResult result) {
        switch (result) {
            case ReadResult.Slice slice -> append(slice);
            case ReadResult.Failed(Exception cause) -> end(new Ending.Failed(cause));
            case ReadResult.OutOfRange _, ReadResult.Overtaken _, ReadResult.Cold _ ->
                    loop.execute(this::proceed);
        }
    }

    private void append(ReadResult.Slice slice) {
        ByteBuffer batches;
        try {
            batches = bytesOf(slice);
        } catch (IOException failure) {
            end(new Ending.Failed(failure));
            return;
        }
        if (slice.bytes() == 0) {
            emptying(current.endOffset()); // the log has ended up above all of its records
            loop.execute(this::proceed);
            return;
        }
        if (slice.firstOffset() < copy.endOffset()) {
            seed(); // a crash has left a copy that begins inside of a batch
            loop.execute(this::proceed);
            return;
        }
        pace.copied(slice.bytes());
        AppendResult result = copy.appendAsFollower(batches, copy.endOffset());
        if (!(result instanceof AppendResult.Appended)) {
            end(new Ending.Failed(new IOException("the copy cannot be written: " + result)));
        } else if (copy.endOffset() == current.endOffset()) {
            proceed();
        } else {
            loop.execute(this::proceed); // others have the loop in between
        }
    }

    private static ByteBuffer bytesOf(ReadResult.Slice slice) throws IOException {
        var bytes = ByteBuffer.allocate(slice.bytes());
        try {
            for (Payload part : slice.parts()) {
                put(part, bytes);
            }
        } finally {
            slice.parts().forEach(Payload::release);
        }
        return bytes.flip();
    }

    private static void put(Payload part, ByteBuffer bytes) throws IOException {
        switch (part) {
            case Payload.Memory(ByteBuffer memory) -> bytes.put(memory.duplicate());
            case Payload.FileRegion region -> {
                ByteBuffer place = bytes.slice(bytes.position(), region.length());
                while (place.hasRemaining()) {
                    long position = region.position() + place.position();
                    if (region.file().read(place, position) < 0) {
                        throw new EOFException("the segment ends at " + position);
                    }
                }
                bytes.position(bytes.position() + region.length());
            }
        }
    }

    private void arrived() {
        Invariant.check(
                copy.endOffset() == current.endOffset(),
                "the copy ends at %d, the log at %d",
                copy.endOffset(),
                current.endOffset());
        if (current.startOffset() > copy.startOffset()) {
            copy.startAt(current.startOffset());
        }
        if (!learned) {
            learned = true;
            if (rules.learns) {
                copy.contents().learnFrom(current.contents());
            }
            copy.settle(this::proceed);
            return;
        }
        try {
            if (!rules.forces || copy.forceNow()) {
                swap();
            } else {
                copy.settle(this::proceed);
            }
        } catch (IOException failure) {
            copy.fail(failure);
            end(new Ending.Failed(failure));
        }
    }

    private void swap() throws IOException {
        to.promote(copy);
        LogContents next = copy.contents();
        next.checkpoints.noteCleaned(
                next.name, current.contents().checkpoints.cleanedTo(next.name));
        LogContents left = current.continueIn(copy);
        to.adopt(current);
        from.leave(left);
        end(new Ending.Moved());
    }

    private void end(Ending ending) {
        if (!ended) {
            ended = true;
            current.movedBy(null);
            copy.copiedBy(null);
            done.accept(ending);
        }
    }
}
