package io.tombolo.contract;

import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.DescribeTransactionsRequestData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Set;

/** A transactional producer by hand: every request that it sends, and who it is. */
final class TransactionCalls {

    private static final byte OF_TRANSACTIONS = 1;
    private static final int TIMEOUT_MS = 60_000;

    /** What says that the coordinator is not ready, or that a transaction is still ending. */
    private static final Set<Errors> PASSING =
            Set.of(
                    Errors.COORDINATOR_LOAD_IN_PROGRESS,
                    Errors.COORDINATOR_NOT_AVAILABLE,
                    Errors.NOT_COORDINATOR,
                    Errors.CONCURRENT_TRANSACTIONS);

    final RawClient client;
    final String id;
    long producerId = -1;
    short epoch = -1;
    private int sequence;

    private TransactionCalls(RawClient client, String id) {
        this.client = client;
        this.id = id;
    }

    /** A producer that has begun. */
    static TransactionCalls begin(RawClient client) {
        return begin(client, Subject.freshName("txn"), TIMEOUT_MS);
    }

    static TransactionCalls begin(RawClient client, String id, int timeoutMs) {
        find(client, id);
        var producer = new TransactionCalls(client, id);
        InitProducerIdResponseData answer =
                Eventually.eventually(
                        "a transactional producer",
                        () -> init(client, id, timeoutMs, 5),
                        found -> !PASSING.contains(Errors.forCode(found.errorCode())));
        if (answer.errorCode() != Errors.NONE.code()) {
            throw new AssertionError(answer.toString());
        }
        producer.producerId = answer.producerId();
        producer.epoch = answer.producerEpoch();
        return producer;
    }

    /** Waits until the coordinator of an id is there. */
    static void find(RawClient client, String id) {
        Eventually.eventually(
                "the coordinator of " + id,
                () -> findCoordinator(client, id).errorCode(),
                error -> error == Errors.NONE.code());
    }

    static FindCoordinatorResponseData.Coordinator findCoordinator(RawClient client, String id) {
        FindCoordinatorResponseData answer =
                client.call(
                        new FindCoordinatorRequestData()
                                .setKeyType(OF_TRANSACTIONS)
                                .setCoordinatorKeys(List.of(id)),
                        4);
        return answer.coordinators().getFirst();
    }

    static InitProducerIdResponseData init(
            RawClient client, String id, int timeoutMs, int version) {
        return client.call(
                new InitProducerIdRequestData()
                        .setTransactionalId(id)
                        .setTransactionTimeoutMs(timeoutMs)
                        .setProducerId(-1)
                        .setProducerEpoch((short) -1),
                version);
    }

    /** One record, by the protocol in which the leader adds the partition itself. */
    Errors produce(Topic topic) {
        return produce(topic, 12);
    }

    Errors produce(Topic topic, int version) {
        Errors error =
                Eventually.eventually(
                        "a batch is judged",
                        () -> send(topic, version, sequence),
                        found -> !PASSING.contains(found) && found != Errors.NOT_ENOUGH_REPLICAS);
        if (error == Errors.NONE) {
            sequence++;
        }
        return error;
    }

    private Errors send(Topic topic, int version, int at) {
        var request =
                ProduceCalls.produce(
                                topic,
                                0,
                                ProduceCalls.ALL,
                                Batches.transactional(producerId, epoch, at))
                        .setTransactionalId(id);
        PartitionProduceResponse answer = ProduceCalls.send(client, request, version);
        return Errors.forCode(answer.errorCode());
    }

    /** Adds partition 0, by the protocol in which the client does that. */
    Errors add(Topic topic) {
        return addOnce(topic, 3);
    }

    Errors addOnce(Topic topic, int version) {
        var request =
                new AddPartitionsToTxnRequestData()
                        .setV3AndBelowTransactionalId(id)
                        .setV3AndBelowProducerId(producerId)
                        .setV3AndBelowProducerEpoch(epoch)
                        .setV3AndBelowTopics(topics(topic.name()));
        AddPartitionsToTxnResponseData answer = client.call(request, version);
        return Errors.forCode(
                answer.resultsByTopicV3AndBelow()
                        .iterator()
                        .next()
                        .resultsByPartition()
                        .iterator()
                        .next()
                        .partitionErrorCode());
    }

    /** As a broker asks. */
    Errors verify(Topic topic) {
        var transaction =
                new AddPartitionsToTxnTransaction()
                        .setTransactionalId(id)
                        .setProducerId(producerId)
                        .setProducerEpoch(epoch)
                        .setVerifyOnly(true)
                        .setTopics(topics(topic.name()));
        var request = new AddPartitionsToTxnRequestData();
        request.transactions().add(transaction);
        AddPartitionsToTxnResponseData answer = client.call(request, 5);
        return Errors.forCode(
                answer.resultsByTransaction()
                        .iterator()
                        .next()
                        .topicResults()
                        .iterator()
                        .next()
                        .resultsByPartition()
                        .iterator()
                        .next()
                        .partitionErrorCode());
    }

    static AddPartitionsToTxnTopicCollection topics(String name) {
        var topics = new AddPartitionsToTxnTopicCollection();
        topics.add(new AddPartitionsToTxnTopic().setName(name).setPartitions(List.of(0)));
        return topics;
    }

    Errors addOffsets(String group) {
        AddOffsetsToTxnResponseData answer =
                client.call(
                        new AddOffsetsToTxnRequestData()
                                .setTransactionalId(id)
                                .setProducerId(producerId)
                                .setProducerEpoch(epoch)
                                .setGroupId(group),
                        4);
        return Errors.forCode(answer.errorCode());
    }

    EndTxnResponseData endOnce(boolean commit, int version) {
        return client.call(
                new EndTxnRequestData()
                        .setTransactionalId(id)
                        .setProducerId(producerId)
                        .setProducerEpoch(epoch)
                        .setCommitted(commit),
                version);
    }

    /** Ends the transaction and goes on as who the answer says. */
    Errors end(boolean commit) {
        EndTxnResponseData answer = endOnce(commit, 5);
        if (answer.errorCode() == Errors.NONE.code()) {
            producerId = answer.producerId();
            epoch = answer.producerEpoch();
            sequence = 0;
        }
        return Errors.forCode(answer.errorCode());
    }

    TransactionState describe() {
        DescribeTransactionsResponseData answer =
                client.call(
                        new DescribeTransactionsRequestData().setTransactionalIds(List.of(id)), 0);
        return answer.transactionStates().getFirst();
    }

    /** Waits until all markers of the last transaction are written. */
    void awaitState(String state) {
        Eventually.eventually(
                id + " is " + state, () -> describe().transactionState(), state::equals);
    }
}
