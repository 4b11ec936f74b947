package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;

import io.tombolo.replication.Role.Follower;
import io.tombolo.replication.fetch.FetcherEvent;
import io.tombolo.replication.fetch.FetcherRequest;
import io.tombolo.replication.fetch.FetcherSettings;
import io.tombolo.replication.fetch.ReplicaFetcher;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.junit.jupiter.api.Test;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Counts bytes, not time: partitions in which nothing happens must not cost anything per fetch. */
class IdleFetchCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int SESSION = 77;

    @Test
    void aFetchWithoutNewsCostsTheSameHoweverManyPartitionsAreFollowed() {
        long few = bytesPerFetch(10);
        long many = bytesPerFetch(1_000);

        assertThat(many).isLessThan(few * 2 + 1_000);
    }

    private static long bytesPerFetch(int partitions) {
        PartitionWorld world = PartitionWorld.open(Flush.BY_THE_OPERATING_SYSTEM);
        var fetcher =
                new ReplicaFetcher(FetcherSettings.STANDARD, new ReplicaFetcher.Identity(1, 100));
        for (Partition partition : followers(world, partitions)) {
            fetcher.step(new FetcherEvent.Followed(partition), 0);
        }
        answer(fetcher); // of the first partition; now the others are asked for
        assertThat(answer(fetcher).body().topics()).as("all were named").isEmpty();
        for (int warmUp = 0; warmUp < 100; warmUp++) {
            answer(fetcher);
        }
        long before = THREADS.getCurrentThreadAllocatedBytes();
        FetcherRequest.Fetch next = answer(fetcher);
        long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
        assertThat(next.body().topics()).isEmpty();
        assertThat(fetcher.hurries(0)).isFalse();
        return bytes;
    }

    /** Nothing is new; the next request. */
    private static FetcherRequest.Fetch answer(ReplicaFetcher fetcher) {
        var response = new FetchResponseData().setSessionId(SESSION);
        return (FetcherRequest.Fetch)
                fetcher.step(new FetcherEvent.Fetched(response), 0).orElseThrow();
    }

    private static List<Partition> followers(PartitionWorld world, int count) {
        var found = new ArrayList<Partition>();
        var loop = world.node.environment().loops().loop(0);
        var surroundings =
                new Partition.Surroundings(loop, world.node.environment().clock(), world.peers);
        var placement = new LogPlacement(LogSettings.STANDARD, loop);
        for (int index = 0; index < count; index++) {
            var id = new TopicIdPartition(new Uuid(7, 7), index, "many");
            world.directory()
                    .createLog(
                            new LogName("many", index),
                            Optional.of(new UUID(7, 7)),
                            placement,
                            result -> {
                                var log = ((CreateResult.Created) result).log();
                                var partition =
                                        new Partition(
                                                id, log, PartitionSettings.STANDARD, surroundings);
                                partition.become(new Follower(1, 2));
                                found.add(partition);
                            });
        }
        world.await(() -> found.size() == count);
        return found;
    }
}
