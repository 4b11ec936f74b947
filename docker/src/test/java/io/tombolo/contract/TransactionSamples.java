package io.tombolo.contract;

import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData.TxnOffsetCommitRequestTopic;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarker;
import org.apache.kafka.common.message.WriteTxnMarkersRequestData.WritableTxnMarkerTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

import java.util.List;

/** One request per API of transactions, of a producer that its coordinator does not know. */
record TransactionSamples(Topic topic, String group) {

    /** An id that no transaction of other tests has. */
    static final String ID = "nobody's";

    private static final long PRODUCER = 987_654_321_000L;
    private static final short FIRST_WITH_MANY = 4;
    private static final short FIRST_WITH_TOPIC_IDS = 6;

    ApiMessage of(ApiKeys api, int version) {
        return switch (api) {
            case ADD_PARTITIONS_TO_TXN ->
                    version < FIRST_WITH_MANY ? addedByClient() : addedByBroker();
            case ADD_OFFSETS_TO_TXN ->
                    new AddOffsetsToTxnRequestData()
                            .setTransactionalId(ID)
                            .setProducerId(PRODUCER)
                            .setGroupId(group);
            case END_TXN -> new EndTxnRequestData().setTransactionalId(ID).setProducerId(PRODUCER);
            case WRITE_TXN_MARKERS -> marker();
            case TXN_OFFSET_COMMIT -> offsets(version);
            case DESCRIBE_TRANSACTIONS ->
                    new DescribeTransactionsRequestData().setTransactionalIds(List.of(ID));
            default -> new ListTransactionsRequestData().setStateFilters(List.of("Lost", "Dead"));
        };
    }

    private ApiMessage addedByClient() {
        return new AddPartitionsToTxnRequestData()
                .setV3AndBelowTransactionalId(ID)
                .setV3AndBelowProducerId(PRODUCER)
                .setV3AndBelowTopics(TransactionCalls.topics(topic.name()));
    }

    private ApiMessage addedByBroker() {
        var request = new AddPartitionsToTxnRequestData();
        request.transactions()
                .add(
                        new AddPartitionsToTxnTransaction()
                                .setTransactionalId(ID)
                                .setProducerId(PRODUCER)
                                .setTopics(TransactionCalls.topics("nowhere")));
        request.transactions()
                .add(
                        new AddPartitionsToTxnTransaction()
                                .setTransactionalId("asked")
                                .setProducerId(PRODUCER)
                                .setVerifyOnly(true)
                                .setTopics(TransactionCalls.topics(topic.name())));
        return request;
    }

    private ApiMessage marker() {
        return new WriteTxnMarkersRequestData()
                .setMarkers(
                        List.of(
                                new WritableTxnMarker()
                                        .setProducerId(PRODUCER)
                                        .setTopics(
                                                List.of(
                                                        new WritableTxnMarkerTopic()
                                                                .setName("nowhere")
                                                                .setPartitionIndexes(
                                                                        List.of(0))))));
    }

    private ApiMessage offsets(int version) {
        var wanted =
                new TxnOffsetCommitRequestTopic()
                        .setPartitions(
                                List.of(
                                        new TxnOffsetCommitRequestPartition()
                                                .setPartitionIndex(0)
                                                .setCommittedOffset(1)));
        return new TxnOffsetCommitRequestData()
                .setTransactionalId(ID)
                .setGroupId(group)
                .setProducerId(PRODUCER)
                .setTopics(
                        List.of(
                                version < FIRST_WITH_TOPIC_IDS
                                        ? wanted.setName(topic.name())
                                        : wanted.setTopicId(topic.id())));
    }
}
