package io.tombolo.broker.transaction;

import io.tombolo.broker.quorum.PeerCall;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is asked of the coordinators on other brokers. To each broker one request is under way, and
 * what comes meanwhile goes with the next one. Mutable; owned by one loop.
 */
final class InquiryLanes {

    /** Partitions in one request; a question about more goes alone. */
    static final int TOGETHER_MAX = 2_000;

    /**
     * Partitions that wait for one broker; a question that would make them more is told that it
     * could not be asked, unless it is the only one.
     */
    static final int WAITING_MAX = 50_000;

    private static final VersionRange SPOKEN = VersionRange.of(5, 5);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Optional<Peers> peers;
    private final Map<Integer, InquiryLane> lanes = new TreeMap<>();

    /** A question and who wants the answer. */
    record Asked(Question question, EventLoop replyTo, Consumer<Question.Answer> answer) {

        void told(Question.Answer told) {
            Shards.run(replyTo, () -> answer.accept(told));
        }

        int partitions() {
            return question.partitions().size();
        }
    }

    /**
     * @param peers empty when there are no other brokers
     */
    InquiryLanes(Optional<Peers> peers) {
        this.peers = peers;
    }

    /** Asks a broker; what cannot be asked is told so at once. */
    void ask(int broker, Asked asked) {
        InquiryLane lane = lanes.computeIfAbsent(broker, _ -> new InquiryLane());
        if (peers.isEmpty() || !lane.hasRoomFor(asked)) {
            asked.told(Question.Answer.ofAll(Errors.COORDINATOR_NOT_AVAILABLE));
            return;
        }
        lane.add(asked);
        send(broker, lane);
    }

    private void send(int broker, InquiryLane lane) {
        if (lane.underWay || lane.isEmpty() || peers.isEmpty()) {
            return;
        }
        lane.underWay = true;
        List<Asked> together = lane.takeTogether();
        var call =
                new PeerCall(
                        ApiKeys.ADD_PARTITIONS_TO_TXN, SPOKEN, request(together), PATIENCE_NANOS);
        peers.get()
                .call(
                        broker,
                        Peers.Purpose.TRANSACTIONS,
                        call,
                        result -> {
                            lane.underWay = false;
                            tell(together, result);
                            send(broker, lane);
                        });
    }

    private static AddPartitionsToTxnRequestData request(List<Asked> together) {
        var request = new AddPartitionsToTxnRequestData();
        for (Asked asked : together) {
            Question question = asked.question();
            var transaction = transactionOf(request, question);
            question.partitions().forEach(partition -> add(transaction.topics(), partition));
        }
        return request;
    }

    private static AddPartitionsToTxnTransaction transactionOf(
            AddPartitionsToTxnRequestData request, Question question) {
        var known = request.transactions().find(question.transactionalId());
        if (known != null) {
            return known;
        }
        var transaction =
                new AddPartitionsToTxnTransaction()
                        .setTransactionalId(question.transactionalId())
                        .setProducerId(question.producer().id())
                        .setProducerEpoch(question.producer().epoch())
                        .setVerifyOnly(!question.adding());
        request.transactions().add(transaction);
        return transaction;
    }

    private static void add(AddPartitionsToTxnTopicCollection topics, TopicPartition partition) {
        var topic = topics.find(partition.topic());
        if (topic == null) {
            topic = new AddPartitionsToTxnTopic().setName(partition.topic());
            topics.add(topic);
        }
        topic.partitions().add(partition.partition());
    }

    private static void tell(List<Asked> together, PeerCall.Result result) {
        for (Asked asked : together) {
            asked.told(
                    switch (result) {
                        case PeerCall.Result.Answered(AddPartitionsToTxnResponseData body) ->
                                one -> errorOf(body, asked.question().transactionalId(), one);
                        case PeerCall.Result.Answered _ ->
                                Question.Answer.ofAll(Errors.UNKNOWN_SERVER_ERROR);
                        case PeerCall.Result.Failed _ ->
                                Question.Answer.ofAll(Errors.NETWORK_EXCEPTION);
                    });
        }
    }

    private static Errors errorOf(
            AddPartitionsToTxnResponseData body, String transactionalId, TopicPartition asked) {
        if (body.errorCode() != Errors.NONE.code()) {
            return Errors.forCode(body.errorCode());
        }
        var transaction = body.resultsByTransaction().find(transactionalId);
        var topic = transaction == null ? null : transaction.topicResults().find(asked.topic());
        var partition = topic == null ? null : topic.resultsByPartition().find(asked.partition());
        return partition == null
                ? Errors.UNKNOWN_SERVER_ERROR
                : Errors.forCode(partition.partitionErrorCode());
    }
}
