package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoop.Timer;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Payload;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.storage.log.ColdRead;
import io.tombolo.storage.log.ReadResult;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * One fetch of a replica session from its first read to its answer: as {@link FetchRound}, but it
 * reads only partitions in which something may be new, which the session watches all the time.
 * Confined to the loop of the connection.
 */
final class ReplicaRound implements Fetching.Round {

    private final ReplicaSession session;
    private final FetchRound.Reader reader;
    private final EventLoop loop;
    private final Offload offload;
    private final FetchRound.Limits limits;
    private final Consumer<Map<FetchEntry, FetchOutcome>> answer;
    private final List<SessionShard> parts;
    private final Map<FetchEntry, FetchOutcome> outcomes = new LinkedHashMap<>();
    private @Nullable Timer deadline;
    private boolean timeUp;
    private boolean newsPending;
    private boolean reading;
    private boolean finished;
    private int coldReads;

    /** What a round runs on and with. */
    record Place(EventLoop loop, Offload offload, FetchRound.Reader reader) {}

    ReplicaRound(
            Place place,
            ReplicaSession session,
            FetchRound.Limits limits,
            Consumer<Map<FetchEntry, FetchOutcome>> answer) {
        this.session = session;
        this.reader = place.reader();
        this.loop = place.loop();
        this.offload = place.offload();
        this.limits = limits;
        this.answer = answer;
        this.parts = List.copyOf(session.parts());
    }

    void start() {
        read();
    }

    private void read() {
        reading = true;
        newsPending = false;
        visit(0, limits.bytesMax());
    }

    /** Visits the shards one after the other, handing on what is left of the byte limit. */
    private void visit(int index, int bytesLeft) {
        if (finished || index == parts.size()) {
            reading = false;
            decide();
            return;
        }
        SessionShard part = parts.get(index);
        boolean again = deadline != null || timeUp;
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
        } else if (timeUp || limits.waitNanosMax() <= 0 || satisfied()) {
            finish();
        } else {
            if (deadline == null) {
                deadline = loop.schedule(limits.waitNanosMax(), this::endWait);
            }
            if (newsPending) {
                read();
            }
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
        return bytes >= limits.bytesMin() || parts.isEmpty();
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
        if (deadline != null) {
            deadline.cancel();
        }
    }

    private void readCold(FetchEntry entry, FetchOutcome.Cold cold) {
        ColdRead read = cold.read();
        offload.submit(
                entry.partition().hashCode(),
                read,
                loop,
                outcome -> {
                    outcomes.put(entry, FetchRound.coldOutcome(outcome, cold.bounds()));
                    coldReads--;
                    if (coldReads == 0) {
                        answer.accept(outcomes);
                    }
                });
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
        new ArrayList<>(outcomes.values()).forEach(ReplicaRound::release);
        outcomes.clear();
    }

    private static void release(@Nullable FetchOutcome outcome) {
        if (outcome instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)) {
            slice.parts().forEach(Payload::release);
        }
    }
}
