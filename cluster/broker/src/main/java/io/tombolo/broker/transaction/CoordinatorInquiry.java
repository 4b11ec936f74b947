package io.tombolo.broker.transaction;

import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Asks the coordinators of transactions, here or on other brokers, whether a partition is part of
 * one, or has it made so. Callable on any loop; owned by the loop that it was made for.
 */
final class CoordinatorInquiry implements LeaderGate.Inquiry {

    private final EventLoop loop;
    private final int self;
    private final Coordinators coordinators;
    private final TransactionCoordinator here;
    private final InquiryLanes lanes;

    /**
     * @param adding have it made part of the transaction, and open it if need be; otherwise only
     *     ask
     */
    record Question(
            String transactionalId,
            ProducerIdentity producer,
            TopicPartition partition,
            boolean adding) {}

    CoordinatorInquiry(
            EventLoop loop,
            int self,
            Coordinators coordinators,
            TransactionCoordinator here,
            Optional<Peers> peers) {
        this.loop = loop;
        this.self = self;
        this.coordinators = coordinators;
        this.here = here;
        this.lanes = new InquiryLanes(peers);
    }

    @Override
    public void ask(Question question, EventLoop replyTo, Consumer<Errors> answer) {
        var asked = new InquiryLanes.Asked(question, replyTo, answer);
        OptionalInt broker = coordinators.brokerOf(question.transactionalId());
        if (broker.isEmpty()) {
            asked.told(Errors.COORDINATOR_NOT_AVAILABLE);
        } else if (broker.getAsInt() == self) {
            askHere(asked);
        } else {
            Shards.run(loop, () -> lanes.ask(broker.getAsInt(), asked));
        }
    }

    private void askHere(InquiryLanes.Asked asked) {
        Question question = asked.question();
        TouchedPartitions touched = TouchedPartitions.of(List.of(question.partition()));
        if (question.adding()) {
            here.add(
                    asked.replyTo(),
                    question.transactionalId(),
                    question.producer(),
                    touched,
                    TransactionCoordinator.RAISING,
                    asked::told);
        } else {
            here.verify(
                    asked.replyTo(),
                    question.transactionalId(),
                    question.producer(),
                    touched,
                    verified ->
                            asked.told(
                                    TransactionCoordinator.errorOf(
                                            verified, question.partition())));
        }
    }
}
