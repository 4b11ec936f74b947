package io.tombolo.broker.request.group;

import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.transaction.TransactionGate;
import io.tombolo.broker.transaction.TransactionGate.Speech;
import io.tombolo.broker.transaction.TransactionGate.Wish;
import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.metadata.image.TopicImage;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;
import java.util.function.Consumer;

/**
 * TxnOffsetCommit: positions that count once the transaction of their producer is committed, kept
 * when its coordinator knows that the transaction reaches the group's partition.
 */
public record TxnOffsetCommitHandler(Images images, GroupCoordinator groups, TransactionGate gate)
        implements RequestHandler<TxnOffsetCommitRequestData> {

    @Override
    public void handle(Exchange exchange, TxnOffsetCommitRequestData body) {
        groups.transactions()
                .commit(
                        GroupHandlers.caller(exchange),
                        body,
                        (partition, then) -> admit(exchange, body, partition, then),
                        exchange::answer);
    }

    private void admit(
            Exchange exchange,
            TxnOffsetCommitRequestData body,
            int partition,
            Consumer<Errors> then) {
        Optional<TopicImage> topic = images.current().topics().topic(InternalTopic.OFFSETS);
        if (topic.isEmpty()) {
            then.accept(Errors.COORDINATOR_NOT_AVAILABLE);
            return;
        }
        gate.admit(
                new Wish(
                        gate.company(1, exchange.loop()),
                        body.transactionalId(),
                        body.producerId(),
                        body.producerEpoch(),
                        new TopicIdPartition(topic.get().id(), partition, InternalTopic.OFFSETS),
                        Speech.ofOffsets(exchange.version())),
                permit -> then.accept(inWordsOfGroups(permit.error())));
    }

    /** Who commits offsets knows coordinators, and no leaders. */
    private static Errors inWordsOfGroups(Errors error) {
        return switch (error) {
            case NOT_ENOUGH_REPLICAS -> Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> Errors.NOT_COORDINATOR;
            default -> error;
        };
    }
}
