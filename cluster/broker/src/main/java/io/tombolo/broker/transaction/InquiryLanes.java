package io.tombolo.broker.transaction;

import io.tombolo.broker.quorum.PeerCall;
import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.transaction.CoordinatorInquiry.Question;
import io.tombolo.environment.EventLoop;
import io.tombolo.protocol.VersionRange;

import org.apache.kafka.common.message.AddPartitionsToTxnRequestData;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * What is asked of the coordinators on other brokers. To each broker one request is under way, and
 * what comes meanwhile goes with the next one. Mutable; owned by one loop.
 */
final class InquiryLanes {

    /** Questions of one request. */
    static final int TOGETHER_MAX = 2_000;

    /** Questions that wait for one broker; a further one is told that it could not be asked. */
    static final int WAITING_MAX = 50_000;

    private static final VersionRange SPOKEN = VersionRange.of(5, 5);
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();

    private final Optional<Peers> peers;
    private final Map<Integer, Lane> lanes = new TreeMap<>();

    /** A question and who wants the answer. */
    record Asked(Question question, EventLoop replyTo, Consumer<Errors> answer) {

        void told(Errors error) {
            Shards.run(replyTo, () -> answer.accept(error));
        }
    }

    /** What goes to one broker. */
    private static final class Lane {
        private final ArrayDeque<Asked> waiting = new ArrayDeque<>();
        private boolean underWay;
    }

    /**
     * @param peers empty when there are no other brokers
     */
    InquiryLanes(Optional<Peers> peers) {
        this.peers = peers;
    }

    /** Asks a broker; what cannot be asked is told so at once. */
    void ask(int broker, Asked asked) {
        Lane lane = lanes.computeIfAbsent(broker, _ -> new Lane());
        if (peers.isEmpty() || lane.waiting.size() == WAITING_MAX) {
            asked.told(Errors.COORDINATOR_NOT_AVAILABLE);
            return;
        }
        lane.waiting.add(asked);
        send(broker, lane);
    }

    private void send(int broker, Lane lane) {
        if (lane.underWay || lane.waiting.isEmpty() || peers.isEmpty()) {
            return;
        }
        lane.underWay = true;
        List<Asked> together = takeTogether(lane);
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

    /** A request names each transactional id once, with one producer and one wish. */
    private static List<Asked> takeTogether(Lane lane) {
        var together = new ArrayList<Asked>();
        var firstOf = new TreeMap<String, Question>();
        Set<Question> named = new HashSet<>();
        while (!lane.waiting.isEmpty() && together.size() < TOGETHER_MAX) {
            Question next = lane.waiting.element().question();
            Question first = firstOf.putIfAbsent(next.transactionalId(), next);
            boolean fits =
                    first == null
                            || (first.producer().equals(next.producer())
                                    && first.adding() == next.adding());
            if (!fits || !named.add(next)) {
                break;
            }
            together.add(lane.waiting.remove());
        }
        return together;
    }

    private static AddPartitionsToTxnRequestData request(List<Asked> together) {
        var request = new AddPartitionsToTxnRequestData();
        for (Asked asked : together) {
            Question question = asked.question();
            var transaction = request.transactions().find(question.transactionalId());
            if (transaction == null) {
                transaction =
                        new AddPartitionsToTxnTransaction()
                                .setTransactionalId(question.transactionalId())
                                .setProducerId(question.producer().id())
                                .setProducerEpoch(question.producer().epoch())
                                .setVerifyOnly(!question.adding());
                request.transactions().add(transaction);
            }
            var topic = transaction.topics().find(question.partition().topic());
            if (topic == null) {
                topic = new AddPartitionsToTxnTopic().setName(question.partition().topic());
                transaction.topics().add(topic);
            }
            topic.partitions().add(question.partition().partition());
        }
        return request;
    }

    private static void tell(List<Asked> together, PeerCall.Result result) {
        for (Asked asked : together) {
            asked.told(
                    switch (result) {
                        case PeerCall.Result.Answered(AddPartitionsToTxnResponseData body) ->
                                errorOf(body, asked.question());
                        case PeerCall.Result.Answered _ -> Errors.UNKNOWN_SERVER_ERROR;
                        case PeerCall.Result.Failed _ -> Errors.NETWORK_EXCEPTION;
                    });
        }
    }

    private static Errors errorOf(AddPartitionsToTxnResponseData body, Question question) {
        if (body.errorCode() != Errors.NONE.code()) {
            return Errors.forCode(body.errorCode());
        }
        var transaction = body.resultsByTransaction().find(question.transactionalId());
        var topic =
                transaction == null
                        ? null
                        : transaction.topicResults().find(question.partition().topic());
        var partition =
                topic == null
                        ? null
                        : topic.resultsByPartition().find(question.partition().partition());
        return partition == null
                ? Errors.UNKNOWN_SERVER_ERROR
                : Errors.forCode(partition.partitionErrorCode());
    }
}
