package io.tombolo.contract;

import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.BaseRecords;

import java.util.List;

/** Produce requests that many statements need. */
final class ProduceCalls {

    /** The last version that names topics, not ids. */
    static final int BY_NAME = 12;

    static final int BY_ID = 13;
    static final int ALL = -1;
    private static final int TIMEOUT_MS = 30_000;

    private ProduceCalls() {}

    static ProduceRequestData produce(Topic topic, int partition, int acks, BaseRecords records) {
        var request = new ProduceRequestData().setAcks((short) acks).setTimeoutMs(TIMEOUT_MS);
        request.topicData()
                .add(
                        new TopicProduceData()
                                .setName(topic.name())
                                .setTopicId(topic.id())
                                .setPartitionData(
                                        List.of(
                                                new PartitionProduceData()
                                                        .setIndex(partition)
                                                        .setRecords(records))));
        return request;
    }

    /** Produces to partition 0 with acks=all. */
    static PartitionProduceResponse send(RawClient client, Topic topic, BaseRecords records) {
        return send(client, produce(topic, 0, ALL, records), BY_ID);
    }

    static PartitionProduceResponse send(
            RawClient client, ProduceRequestData request, int version) {
        ProduceResponseData response = client.call(request, version);
        return response.responses().iterator().next().partitionResponses().getFirst();
    }

    /** The error that a batch for partition 0 meets. */
    static Errors error(RawClient client, Topic topic, BaseRecords records) {
        return Errors.forCode(send(client, topic, records).errorCode());
    }

    /** Appends one batch per value and fails unless each is accepted. */
    static void append(RawClient client, Topic topic, String... values) {
        for (String value : values) {
            var answer = send(client, topic, Batches.of(value));
            if (answer.errorCode() != Errors.NONE.code()) {
                throw new AssertionError(answer.toString());
            }
        }
    }
}
