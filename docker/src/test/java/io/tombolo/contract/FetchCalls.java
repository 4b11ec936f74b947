package io.tombolo.contract;

import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Fetch and ListOffsets requests that many statements need. */
final class FetchCalls {

    /** The last version that names topics, not ids. */
    static final int BY_NAME = 12;

    static final int BY_ID = 17;
    static final int BYTES_MAX = 1 << 20;
    static final byte READ_UNCOMMITTED = 0;
    static final byte READ_COMMITTED = 1;
    static final long LATEST = -1;
    static final long EARLIEST = -2;

    private FetchCalls() {}

    /** A fetch that does not wait and has no session. */
    static FetchRequestData fetch(FetchTopic... topics) {
        return new FetchRequestData()
                .setMaxWaitMs(0)
                .setMinBytes(0)
                .setMaxBytes(BYTES_MAX)
                .setSessionId(0)
                .setSessionEpoch(-1)
                .setTopics(List.of(topics));
    }

    static FetchTopic of(Topic topic, FetchPartition... partitions) {
        return new FetchTopic()
                .setTopic(topic.name())
                .setTopicId(topic.id())
                .setPartitions(List.of(partitions));
    }

    static FetchPartition from(int partition, long offset) {
        return new FetchPartition()
                .setPartition(partition)
                .setFetchOffset(offset)
                .setCurrentLeaderEpoch(-1)
                .setLastFetchedEpoch(-1)
                .setLogStartOffset(-1)
                .setPartitionMaxBytes(BYTES_MAX);
    }

    /** What a fetch by topic id says of its only partition. */
    static PartitionData fetchOne(RawClient client, Topic topic, FetchPartition partition) {
        FetchResponseData response = client.call(fetch(of(topic, partition)), BY_ID);
        return only(response);
    }

    static PartitionData only(FetchResponseData response) {
        if (response.responses().size() != 1
                || response.responses().getFirst().partitions().size() != 1) {
            throw new AssertionError("not one partition: " + response);
        }
        return response.responses().getFirst().partitions().getFirst();
    }

    /** The values of all records from an offset on. */
    static List<String> values(RawClient client, Topic topic, int partition, long offset) {
        var values = new ArrayList<String>();
        PartitionData answer = fetchOne(client, topic, from(partition, offset));
        if (answer.errorCode() != Errors.NONE.code()) {
            throw new AssertionError(answer.toString());
        }
        for (MutableRecordBatch batch : batches(answer)) {
            for (Record record : batch) {
                values.add(text(record.value()));
            }
        }
        return values;
    }

    static List<MutableRecordBatch> batches(PartitionData answer) {
        var batches = new ArrayList<MutableRecordBatch>();
        if (answer.records() instanceof MemoryRecords records) {
            records.batches().forEach(batches::add);
        }
        return batches;
    }

    static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    static ListOffsetsRequestData listOffsets(String topic, ListOffsetsPartition... partitions) {
        return new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(
                        List.of(
                                new ListOffsetsTopic()
                                        .setName(topic)
                                        .setPartitions(List.of(partitions))));
    }

    static ListOffsetsPartition at(int partition, long timestamp) {
        return new ListOffsetsPartition()
                .setPartitionIndex(partition)
                .setCurrentLeaderEpoch(-1)
                .setTimestamp(timestamp);
    }

    static ListOffsetsPartitionResponse offsetAt(
            RawClient client, String topic, int partition, long timestamp, int version) {
        ListOffsetsResponseData response =
                client.call(listOffsets(topic, at(partition, timestamp)), version);
        return response.topics().getFirst().partitions().getFirst();
    }

    static long endOffset(RawClient client, Topic topic) {
        return offsetAt(client, topic.name(), 0, LATEST, 8).offset();
    }

    static long startOffset(RawClient client, Topic topic) {
        return offsetAt(client, topic.name(), 0, EARLIEST, 8).offset();
    }

    static Errors endOffsetError(RawClient client, String topic, int partition) {
        return Errors.forCode(offsetAt(client, topic, partition, LATEST, 8).errorCode());
    }
}
