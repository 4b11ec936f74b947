package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoop.Timer;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Payload;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One fetch from its first read to its answer: reads all partitions, shard by shard; when there is
 * too little it waits on the partitions themselves and reads again on their news, until there is
 * enough or the time is up. Confined to the loop of the connection, except where a method says
 * otherwise.
 */
final class FetchRound implements Fetching.Round {

    private final Reader reader;
    private final EventLoop loop;
    private final Offload offload;
    private final Parts parts;
    private final Limits limits;
    private final Consumer<Map<FetchEntry, FetchOutcome>> answer;
    private final Map<FetchEntry, FetchOutcome> outcomes = new LinkedHashMap<>();
    private Timer deadline = () -> {};
    private boolean timeUp;
    private boolean waiting;
    private boolean newsPending;
    private boolean reading;
    private boolean finished;
    private int coldReads;

    FetchRound(
            Place place,
            Parts parts,
            Limits limits,
            Consumer<Map<FetchEntry, FetchOutcome>> answer) {
        this.reader = place.reader();
        this.loop = place.loop();
        this.offload = place.offload();
        this.parts = parts;
        this.limits = limits;
        this.answer = answer;
    }

    /**
     * @param bytesMin answer as soon as this much is there
     * @param bytesMax soft limit of the whole answer
     * @param waitNanosMax how long to wait for {@code bytesMin}
     */
    record Limits(int bytesMin, int bytesMax, long waitNanosMax) {}

    /** How whoever fetches reads a partition; called on the partition's loop. */
    interface Reader {

        /**
         * @param bytesMax soft limit of this partition
         */
        FetchOutcome read(Partition partition, FetchEntry entry, int bytesMax);

        /** As {@link #read}, for a fetch that has been waiting since it was read for first. */
        default FetchOutcome readAgain(Partition partition, FetchEntry entry, int bytesMax) {
            return read(partition, entry, bytesMax);
        }

        /** Has the waiter told of what may be read. */
        void watch(Partition partition, FetchWaiter waiter);
    }

    /** What a round reads on one shard; its methods run on that shard's loop. */
    interface Part {

        EventLoop loop();

        /**
         * @param again whether this fetch was read for before, and has waited since
         * @param bytesMax soft limit of what is read here
         * @param news run once, on this loop, at the first news that comes from now on
         */
        ShardReading read(Reader reader, boolean again, int bytesMax, Runnable news);
    }

    /** What a round reads. */
    sealed interface Parts {

        List<? extends Part> list();

        /** Everything is read each time, and watched only while the fetch waits. */
        record OfConsumer(List<ConsumerShard> list) implements Parts {}

        /** Only what may be new is read, and all is watched all the time. */
        record OfSession(List<SessionShard> list) implements Parts {}
    }

    /** Where a round runs and how it reads. */
    record Place(EventLoop loop, Offload offload, Reader reader) {}

    void start() {
        read();
    }

    private void read() {
        reading = true;
        newsPending = false;
        visit(0, limits.bytesMax);
    }

    /** Visits the shards one after the other, handing on what is left of the byte limit. */
    private void visit(int index, int bytesLeft) {
        if (finished || index == parts.list().size()) {
            reading = false;
            decide();
            return;
        }
        Part part = parts.list().get(index);
        boolean again = waiting;
        Shards.runFor(
                loop,
                part.loop(),
                () -> {
                    var found = part.read(reader, again, bytesLeft, () -> loop.execute(this::news));
                    Shards.run(
                            loop,
                            () -> {
                                found.outcomes().forEach(this::put);
                                visit(index + 1, found.bytesLeft());
                            });
                });
    }

    private void put(FetchEntry entry, FetchOutcome outcome) {
        release(outcomes.put(entry, outcome));
    }

    private void decide() {
        if (finished) {
            releaseAll();
        } else if (timeUp || limits.waitNanosMax <= 0 || satisfied()) {
            finish();
        } else {
            await();
        }
    }

    private void await() {
        boolean unwatched = !waiting && parts instanceof Parts.OfConsumer;
        if (parts instanceof Parts.OfConsumer) {
            releaseAll();
        }
        if (!waiting) {
            waiting = true;
            deadline = loop.schedule(limits.waitNanosMax, this::endWait);
        }
        // Read once more with the waiters in place: nothing can slip between read and wait.
        if (newsPending || unwatched) {
            read();
        }
    }

    private boolean satisfied() {
        long bytes = 0;
        for (FetchOutcome outcome : outcomes.values()) {
            if (outcome instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)) {
                bytes += slice.bytes();
            } else {
                return true; // errors, divergence and cold data do not wait
            }
        }
        return bytes >= limits.bytesMin || parts.list().isEmpty();
    }

    @Override
    public void endWait() {
        if (!finished) {
            timeUp = true;
            if (!reading) {
                read();
            }
        }
    }

    /** There is news; called on this round's loop. */
    private void news() {
        if (!finished && !newsPending) {
            newsPending = true;
            if (!reading) {
                read();
            }
        }
    }

    private void finish() {
        end();
        var cold = new LinkedHashMap<FetchEntry, FetchOutcome.Cold>();
        outcomes.forEach((entry, outcome) -> {
            if (outcome instanceof FetchOutcome.Cold found) {
                cold.put(entry, found);
            }
        });
        coldReads = cold.size();
        cold.forEach(this::readCold);
        if (cold.isEmpty()) {
            answer.accept(outcomes);
        }
    }

    private void end() {
        finished = true;
        deadline.cancel();
        if (waiting && parts instanceof Parts.OfConsumer(List<ConsumerShard> watching)) {
            watching.forEach(part -> Shards.run(part.loop(), part::forget));
        }
    }

    private void readCold(FetchEntry entry, FetchOutcome.Cold cold) {
        offload.submit(
                entry.partition().hashCode(),
                cold.read(),
                loop,
                outcome -> {
                    outcomes.put(entry, coldOutcome(outcome, cold.bounds()));
                    coldReads--;
                    if (coldReads == 0) {
                        answer.accept(outcomes);
                    }
                });
    }

    private static FetchOutcome coldOutcome(
            Offload.Outcome<ReadResult> outcome, FetchOutcome.Bounds bounds) {
        return switch (outcome) {
            case Offload.Outcome.Done<ReadResult>(ReadResult.Slice slice) ->
                    new FetchOutcome.Read(slice, bounds);
            case Offload.Outcome.Done<ReadResult>(ReadResult.OutOfRange _) ->
                    new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE);
            case Offload.Outcome.Done<ReadResult>(ReadResult.Overtaken _) ->
                    new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
            case Offload.Outcome.Done<ReadResult> _, Offload.Outcome.Failed<ReadResult> _ ->
                    new FetchOutcome.Refused(Errors.KAFKA_STORAGE_ERROR);
        };
    }

    @Override
    public boolean giveUp() {
        if (finished) {
            return false;
        }
        end();
        if (!reading) {
            releaseAll();
        }
        return true;
    }

    private void releaseAll() {
        new ArrayList<>(outcomes.values()).forEach(FetchRound::release);
        outcomes.clear();
    }

    private static void release(@Nullable FetchOutcome outcome) {
        if (outcome instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)) {
            slice.parts().forEach(Payload::release);
        }
    }
}
