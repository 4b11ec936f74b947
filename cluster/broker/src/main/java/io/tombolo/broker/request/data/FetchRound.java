package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoop.Timer;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Payload;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.ColdRead;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
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
    private final List<FetchEntry> entries;
    private final Limits limits;
    private final Consumer<List<FetchOutcome>> answer;
    private final List<@Nullable FetchOutcome> outcomes = new ArrayList<>();
    private final List<ShardVisit> visits = new ArrayList<>();
    private Timer deadline = () -> {};
    private boolean timeUp;
    private boolean waiting;
    private boolean newsPending;
    private boolean reading;
    private boolean finished;
    private int coldReads;

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

    /** Where a round runs and what it reads. */
    record Place(Shards shards, EventLoop loop, Offload offload, Reader reader) {}

    FetchRound(
            Place place,
            List<FetchEntry> entries,
            Limits limits,
            Consumer<List<FetchOutcome>> answer) {
        this.reader = place.reader();
        this.loop = place.loop();
        this.offload = place.offload();
        this.entries = entries;
        this.limits = limits;
        this.answer = answer;
        for (int index = 0; index < entries.size(); index++) {
            outcomes.add(null);
            Shard owner = place.shards().ownerOf(entries.get(index).partition());
            visitOf(owner).places.add(index);
        }
    }

    void start() {
        read();
    }

    private ShardVisit visitOf(Shard shard) {
        for (ShardVisit visit : visits) {
            if (visit.shard == shard) {
                return visit;
            }
        }
        var visit = new ShardVisit(shard);
        visits.add(visit);
        return visit;
    }

    private void read() {
        reading = true;
        newsPending = false;
        visit(0, limits.bytesMax);
    }

    /** Visits the shards one after the other, handing on what is left of the byte limit. */
    private void visit(int index, int bytesLeft) {
        if (finished || index == visits.size()) {
            reading = false;
            decide();
            return;
        }
        ShardVisit visit = visits.get(index);
        boolean again = waiting;
        Shards.runFor(
                loop,
                visit.shard.loop(),
                () -> {
                    int left = visit.read(bytesLeft, again);
                    Shards.run(loop, () -> visit(index + 1, left));
                });
    }

    private void decide() {
        if (finished) {
            releaseAll();
            return;
        }
        if (timeUp || limits.waitNanosMax <= 0 || satisfied()) {
            finish();
            return;
        }
        releaseAll();
        if (!waiting) {
            // Read once more with the waiters in place: nothing can slip between read and wait.
            waiting = true;
            deadline = loop.schedule(limits.waitNanosMax, this::expire);
            read();
        } else if (newsPending) {
            read();
        }
    }

    private boolean satisfied() {
        long bytes = 0;
        for (FetchOutcome outcome : outcomes) {
            switch (outcome) {
                case FetchOutcome.Read(ReadResult.Slice slice, var _) -> bytes += slice.bytes();
                case null, default -> {
                    return true; // errors, divergence and cold data do not wait
                }
            }
        }
        return bytes >= limits.bytesMin || entries.isEmpty();
    }

    @Override
    public void endWait() {
        if (!finished) {
            expire();
        }
    }

    private void expire() {
        timeUp = true;
        if (!reading) {
            read();
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
        stopWaiting();
        finished = true;
        for (int place = 0; place < outcomes.size(); place++) {
            if (outcomes.get(place) instanceof FetchOutcome.Cold(ColdRead read, var bounds)) {
                readCold(place, read, bounds);
            }
        }
        if (coldReads == 0) {
            deliver();
        }
    }

    private void readCold(int place, ColdRead read, FetchOutcome.Bounds bounds) {
        coldReads++;
        int lane = entries.get(place).partition().hashCode();
        offload.submit(
                lane,
                read,
                loop,
                outcome -> {
                    outcomes.set(place, coldOutcome(outcome, bounds));
                    coldReads--;
                    if (coldReads == 0) {
                        deliver();
                    }
                });
    }

    static FetchOutcome coldOutcome(
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

    private void deliver() {
        var complete = new ArrayList<FetchOutcome>(outcomes.size());
        for (FetchOutcome outcome : outcomes) {
            complete.add(
                    outcome == null
                            ? new FetchOutcome.Refused(Errors.UNKNOWN_SERVER_ERROR)
                            : outcome);
        }
        answer.accept(complete);
    }

    @Override
    public boolean giveUp() {
        if (finished) {
            return false;
        }
        finished = true;
        stopWaiting();
        if (!reading) {
            releaseAll();
        }
        return true;
    }

    private void stopWaiting() {
        deadline.cancel();
        if (waiting) {
            for (ShardVisit visit : visits) {
                Shards.run(visit.shard.loop(), visit::forget);
            }
        }
    }

    private void releaseAll() {
        for (int place = 0; place < outcomes.size(); place++) {
            if (outcomes.get(place) instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)) {
                slice.parts().forEach(Payload::release);
            }
            outcomes.set(place, null);
        }
    }

    /** What this round does on one shard; its methods run on that shard's loop. */
    private final class ShardVisit implements FetchWaiter {

        private final Shard shard;
        private final List<Integer> places = new ArrayList<>();
        private final Set<Partition> watched = new LinkedHashSet<>();
        private boolean told;

        ShardVisit(Shard shard) {
            this.shard = shard;
        }

        /** Reads this shard's partitions; returns what is left of the byte limit. */
        int read(int bytesLeft, boolean again) {
            told = false;
            int left = bytesLeft;
            for (int place : places) {
                FetchEntry entry = entries.get(place);
                Partition partition = shard.find(entry.partition());
                if (partition == null) {
                    outcomes.set(place, new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER));
                    continue;
                }
                if (again && watched.add(partition)) {
                    reader.watch(partition, this);
                }
                int bytesMax = bytesMaxOf(entry, left);
                FetchOutcome outcome =
                        again
                                ? reader.readAgain(partition, entry, bytesMax)
                                : reader.read(partition, entry, bytesMax);
                outcomes.set(place, outcome);
                left = Math.max(0, left - bytesOf(entry, outcome));
            }
            return left;
        }

        /** Cold data is not read yet, and counts as much as it may come to. */
        private static int bytesOf(FetchEntry entry, FetchOutcome outcome) {
            return switch (outcome) {
                case FetchOutcome.Read(ReadResult.Slice slice, var _) -> slice.bytes();
                case FetchOutcome.Cold _ -> Math.max(0, entry.wish().partitionMaxBytes());
                case FetchOutcome.Refused _, FetchOutcome.Diverging _, FetchOutcome.Closer _ -> 0;
            };
        }

        private static int bytesMaxOf(FetchEntry entry, int bytesLeft) {
            return Math.min(bytesLeft, entry.wish().partitionMaxBytes());
        }

        @Override
        public void advanced(Partition partition) {
            if (!told) {
                told = true;
                loop.execute(FetchRound.this::news);
            }
        }

        void forget() {
            watched.forEach(partition -> partition.removeWaiter(this));
            watched.clear();
        }
    }
}
