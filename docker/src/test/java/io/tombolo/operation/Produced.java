package io.tombolo.operation;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceDataCollection;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

import java.nio.charset.StandardCharsets;
import java.util.List;

/** Produce requests by hand: the same batch may be sent twice. */
final class Produced {

    private static final int VERSION = 9;
    private static final int VERSION_WITH_HINTS = 12;

    private Produced() {}

    /** Sends one record under a producer id and sequence. */
    static PartitionProduceResponse send(
            WireClient client, String topic, long producerId, int sequence, String value) {
        var records =
                MemoryRecords.withIdempotentRecords(
                        Compression.NONE,
                        producerId,
                        (short) 0,
                        sequence,
                        new SimpleRecord(1_000L, null, value.getBytes(StandardCharsets.UTF_8)));
        return send(client, topic, records);
    }

    /** Sends a producer's first record as soon as the new partition takes it. */
    static void whenLed(WireClient client, String topic, long producerId, String value) {
        Patience.untilTrue(
                "the partition takes records",
                () -> send(client, topic, producerId, 0, value).errorCode() == 0);
    }

    static PartitionProduceResponse send(WireClient client, String topic, MemoryRecords records) {
        ProduceResponseData response = client.call(request(topic, records), VERSION);
        return response.responses().iterator().next().partitionResponses().getFirst();
    }

    /** Sends one record; the answer names the leader if it is another broker. */
    static ProduceResponseData withHint(WireClient client, String topic, String value) {
        var record = new SimpleRecord(1_000L, null, value.getBytes(StandardCharsets.UTF_8));
        return client.call(
                request(topic, MemoryRecords.withRecords(Compression.NONE, record)),
                VERSION_WITH_HINTS);
    }

    private static ProduceRequestData request(String topic, MemoryRecords records) {
        var data = new PartitionProduceData().setIndex(0).setRecords(records);
        var topics = new TopicProduceDataCollection();
        topics.add(new TopicProduceData().setName(topic).setPartitionData(List.of(data)));
        return new ProduceRequestData()
                .setAcks((short) -1)
                .setTimeoutMs(30_000)
                .setTopicData(topics);
    }
}
