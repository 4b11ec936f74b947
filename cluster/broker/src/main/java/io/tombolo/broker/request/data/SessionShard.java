package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The partitions of a replica session that one shard owns, and in which of them something may be
 * new. A partition is looked at until the replica has all of it and is in sync; from then on only
 * when the partition tells of news or the replica asks for something else. Mutable, confined to the
 * loop of the shard.
 */
final class SessionShard implements FetchRound.Part, FetchWaiter {

    private final Shard shard;
    private final int replicaId;
    private final Map<TopicIdPartition, FetchEntry> entries = new HashMap<>();
    private final Map<TopicIdPartition, Partition> watched = new HashMap<>();

    /** In the order in which they are served. */
    private final Set<FetchEntry> fresh = new LinkedHashSet<>();

    private Runnable onNews = () -> {};
    private boolean told;

    SessionShard(Shard shard, int replicaId) {
        this.shard = shard;
        this.replicaId = replicaId;
    }

    @Override
    public EventLoop loop() {
        return shard.loop();
    }

    /** The replica asks for these from now on, or from another place. */
    void look(List<FetchEntry> named) {
        for (FetchEntry entry : named) {
            entries.put(entry.partition(), entry);
            fresh.add(entry);
        }
    }

    void forget(FetchEntry entry) {
        entries.remove(entry.partition());
        fresh.remove(entry);
        Partition partition = watched.remove(entry.partition());
        if (partition != null) {
            partition.removeWaiter(this);
            partition.replicaLeft(replicaId);
        }
    }

    void close() {
        watched.values().forEach(partition -> partition.removeWaiter(this));
        watched.clear();
        entries.clear();
        fresh.clear();
        onNews = () -> {};
    }

    /** Reads those in which something may be new. */
    @Override
    public ShardReading read(FetchRound.Reader reader, boolean again, int bytesMax, Runnable news) {
        onNews = news;
        told = false;
        var reading = new ShardReading(bytesMax);
        for (FetchEntry entry : new ArrayList<>(fresh)) {
            reading.add(entry, read(reader, again, entry, reading.bytesMaxOf(entry)));
        }
        return reading;
    }

    private FetchOutcome read(
            FetchRound.Reader reader, boolean again, FetchEntry entry, int bytesMax) {
        Partition partition = shard.find(entry.partition());
        watch(entry.partition(), partition);
        if (partition == null) {
            return new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        FetchOutcome outcome =
                again
                        ? reader.readAgain(partition, entry, bytesMax)
                        : reader.read(partition, entry, bytesMax);
        if (outcome instanceof FetchOutcome.Read(ReadResult.Slice slice, var _)) {
            if (slice.bytes() > 0) {
                fresh.remove(entry); // the others first, the next time
                fresh.add(entry);
            } else if (partition.settled(replicaId, entry.wish().fetchOffset())) {
                fresh.remove(entry);
            }
        }
        return outcome;
    }

    /** From before the first read on, so that nothing can slip between. */
    private void watch(TopicIdPartition id, @Nullable Partition partition) {
        Partition before = watched.get(id);
        if (before == partition) {
            return;
        }
        if (before != null) {
            before.removeWaiter(this);
            watched.remove(id);
        }
        if (partition != null) {
            partition.addReplicaWaiter(this);
            watched.put(id, partition);
        }
    }

    @Override
    public void advanced(Partition partition) {
        changed(partition);
        if (!told) {
            told = true;
            onNews.run();
        }
    }

    @Override
    public void changed(Partition partition) {
        FetchEntry entry = entries.get(partition.id());
        if (entry != null) {
            fresh.add(entry);
        }
    }

    /** How many the next read looks at. */
    int freshCount() {
        return fresh.size();
    }
}
