import org.HdrHistogram.ConcurrentHistogram;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.RequestHeader;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Many groups, each of which commits one position a second; the same requests again and again. */
final class GroupCommits {
    private static final short VERSION = 8;
    private static final int PARTITIONS = 12;

    private final Load.Options options;
    private final ConcurrentHistogram commitNanos = new ConcurrentHistogram(120_000_000_000L, 3);
    private final LongAdder answered = new LongAdder();
    private final LongAdder errors = new LongAdder();
    private final AtomicBoolean stopped = new AtomicBoolean();

    private GroupCommits(Load.Options options) {
        this.options = options;
    }

    static void run(Load.Options options) {
        new GroupCommits(options).measure();
    }

    private void measure() {
        int groups = options.integer("groups", 10_000);
        int connections = Math.min(groups, options.integer("connections", 20));
        for (int index = 0; index < connections; index++) {
            int each = index;
            Thread.ofPlatform().daemon().start(() -> commit(each, connections, groups));
        }
        double seconds = options.number("seconds", 30);
        Window.awaitWork(answered, groups * options.number("warm_seconds", 10), 120);
        commitNanos.reset();
        long before = answered.sum();
        Window window = Window.open();
        Window.awaitWork(answered, groups * seconds, 4 * seconds);
        long commits = answered.sum() - before;
        Load.Result result = window.close(0);
        result.add("commits", commits).add("errors", errors.sum());
        Window.percentiles(result, "commit", commitNanos);
        result.print();
        stopped.set(true);
    }

    /** Every so many-th group is this connection's; their commits are spread over the second. */
    private void commit(int first, int step, int groups) {
        try (var connection = RawConnection.to(options.bootstrap())) {
            List<ByteBuffer> frames = new ArrayList<>();
            for (int group = first; group < groups; group += step) {
                frames.add(
                        RawConnection.encode(
                                request(group), connection.header(ApiKeys.OFFSET_COMMIT, VERSION)));
            }
            long beganNanos = System.nanoTime();
            for (long turn = 0; !stopped.get(); turn++) {
                long dueNanos = beganNanos + turn * 1_000_000_000L / frames.size();
                LockSupport.parkNanos(dueNanos - System.nanoTime());
                connection.write(frames.get((int) (turn % frames.size())).duplicate());
                ByteBuffer response = connection.read();
                commitNanos.recordValue(Math.max(0, System.nanoTime() - dueNanos));
                answered.increment();
                if (refused(response)) {
                    errors.increment();
                }
            }
        } catch (IOException failure) {
            failure.printStackTrace();
            errors.increment();
        }
    }

    private OffsetCommitRequest request(int group) {
        var partition =
                new OffsetCommitRequestPartition()
                        .setPartitionIndex(group % PARTITIONS)
                        .setCommittedOffset(group)
                        .setCommittedMetadata("");
        var data =
                new OffsetCommitRequestData()
                        .setGroupId("group-" + group)
                        .setGenerationIdOrMemberEpoch(-1)
                        .setMemberId("")
                        .setTopics(
                                List.of(
                                        new OffsetCommitRequestTopic()
                                                .setName(options.topic())
                                                .setPartitions(List.of(partition))));
        return OffsetCommitRequest.Builder.forTopicNames(data).build(VERSION);
    }

    private static boolean refused(ByteBuffer response) {
        var header = new RequestHeader(ApiKeys.OFFSET_COMMIT, VERSION, "bench", response.getInt(0));
        var parsed = (OffsetCommitResponse) AbstractResponse.parseResponse(response, header);
        return parsed.data().topics().stream()
                .flatMap(topic -> topic.partitions().stream())
                .anyMatch(partition -> partition.errorCode() != 0);
    }
}
