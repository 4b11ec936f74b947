import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Reads a whole topic with Fetch v12 on a plain socket and looks at batch headers only. */
final class RawConsumer {
    private static final short FETCH_VERSION = 12;
    private static final int FETCH_BYTES_MAX = 52_428_800;

    private final Load.Options options;
    private final long[] nextOffsets;
    private final long[] highWatermarks;
    private int rotation;
    private int requests;

    private RawConsumer(Load.Options options) {
        int partitions = options.integer("partitions", 1);
        this.options = options;
        this.nextOffsets = new long[partitions];
        this.highWatermarks = new long[partitions];
        Arrays.fill(highWatermarks, Long.MAX_VALUE);
    }

    static void run(Load.Options options) throws IOException {
        for (int warming = options.integer("warm_passes", 0); warming > 0; warming--) {
            new RawConsumer(options).readAll();
        }
        Window window = Window.open();
        long bytes = 0;
        int requests = 0;
        for (int pass = options.integer("passes", 1); pass > 0; pass--) {
            var measured = new RawConsumer(options);
            bytes += measured.readAll();
            requests += measured.requests;
        }
        window.close(bytes / 1e6).add("requests", requests).print();
    }

    private long readAll() throws IOException {
        long bytes = 0;
        try (var connection = RawConnection.to(options.bootstrap())) {
            for (var wanted = wanted(); !wanted.isEmpty(); wanted = wanted()) {
                FetchRequest request =
                        FetchRequest.Builder.forConsumer(FETCH_VERSION, 500, 1, wanted)
                                .setMaxBytes(FETCH_BYTES_MAX)
                                .metadata(FetchMetadata.LEGACY)
                                .build(FETCH_VERSION);
                var response =
                        (FetchResponse) connection.call(request, ApiKeys.FETCH, FETCH_VERSION);
                requests++;
                for (var topic : response.data().responses()) {
                    for (var partition : topic.partitions()) {
                        bytes += take(partition);
                    }
                }
            }
        }
        return bytes;
    }

    /** Starts one partition further each time, as consumers do, so that none is starved. */
    private Map<TopicPartition, FetchRequest.PartitionData> wanted() {
        int bytesMax = options.integer("partition_bytes", 1 << 20);
        var wanted = new LinkedHashMap<TopicPartition, FetchRequest.PartitionData>();
        for (int turn = 0; turn < nextOffsets.length; turn++) {
            int partition = (turn + rotation) % nextOffsets.length;
            if (nextOffsets[partition] < highWatermarks[partition]) {
                wanted.put(
                        new TopicPartition(options.topic(), partition),
                        new FetchRequest.PartitionData(
                                Uuid.ZERO_UUID,
                                nextOffsets[partition],
                                0,
                                bytesMax,
                                Optional.empty()));
            }
        }
        rotation++;
        return wanted;
    }

    private long take(FetchResponseData.PartitionData partition) {
        if (partition.errorCode() != 0) {
            throw new IllegalStateException("fetch error " + partition.errorCode());
        }
        int index = partition.partitionIndex();
        highWatermarks[index] = partition.highWatermark();
        long bytes = 0;
        for (var batch : ((MemoryRecords) partition.records()).batches()) {
            bytes += batch.sizeInBytes();
            nextOffsets[index] = batch.nextOffset();
        }
        return bytes;
    }
}
