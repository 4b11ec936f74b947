package io.tombolo.broker.request.data;

import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.FetchOutcome;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The partitions of one fetch that one shard owns. All of them are read each time; they are watched
 * only once the fetch has to wait. Mutable, confined to the loop of the shard.
 */
final class ConsumerShard implements FetchRound.Part, FetchWaiter {

    private final Shard shard;
    private final List<FetchEntry> entries = new ArrayList<>();
    private final Set<Partition> watched = new LinkedHashSet<>();
    private Runnable onNews = () -> {};
    private boolean told;

    ConsumerShard(Shard shard) {
        this.shard = shard;
    }

    /** Before the first read, on the loop of the connection. */
    void add(FetchEntry entry) {
        entries.add(entry);
    }

    @Override
    public EventLoop loop() {
        return shard.loop();
    }

    @Override
    public ShardReading read(FetchRound.Reader reader, boolean again, int bytesMax, Runnable news) {
        onNews = news;
        told = false;
        var reading = new ShardReading(bytesMax);
        for (FetchEntry entry : entries) {
            reading.add(entry, read(reader, again, entry, reading.bytesMaxOf(entry)));
        }
        return reading;
    }

    private FetchOutcome read(
            FetchRound.Reader reader, boolean again, FetchEntry entry, int bytesMax) {
        Partition partition = shard.find(entry.partition());
        if (partition == null) {
            return new FetchOutcome.Refused(Errors.NOT_LEADER_OR_FOLLOWER);
        }
        if (!again) {
            return reader.read(partition, entry, bytesMax);
        }
        if (watched.add(partition)) {
            reader.watch(partition, this);
        }
        return reader.readAgain(partition, entry, bytesMax);
    }

    @Override
    public void advanced(Partition partition) {
        if (!told) {
            told = true;
            onNews.run();
        }
    }

    /** No news is wanted any more. */
    void forget() {
        watched.forEach(partition -> partition.removeWaiter(this));
        watched.clear();
    }
}
