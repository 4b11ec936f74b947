package io.tombolo.broker.transaction;

import io.tombolo.broker.quorum.Peers;
import io.tombolo.broker.shard.Shards;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.entry.TransactionCoordinator;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;

import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * Asks the coordinators of transactions, here or on other brokers, whether partitions are part of
 * one, or has them made so. Callable on any loop; owned by the loop that it was made for.
 */
final class CoordinatorInquiry implements LeaderGate.Inquiry {

    private final EventLoop loop;
    private final int self;
    private final Coordinators coordinators;
    private final TransactionCoordinator here;
    private final InquiryLanes lanes;

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
    public void ask(Question question, EventLoop replyTo, Consumer<Question.Answer> answer) {
        var asked = new InquiryLanes.Asked(question, replyTo, answer);
        OptionalInt broker = coordinators.brokerOf(question.transactionalId());
        if (broker.isEmpty()) {
            asked.told(Question.Answer.ofAll(Errors.COORDINATOR_NOT_AVAILABLE));
        } else if (broker.getAsInt() == self) {
            askHere(asked);
        } else {
            Shards.run(loop, () -> lanes.ask(broker.getAsInt(), asked));
        }
    }

    private void askHere(InquiryLanes.Asked asked) {
        Question question = asked.question();
        TouchedPartitions touched = TouchedPartitions.of(question.partitions());
        if (question.adding()) {
            here.add(
                    asked.replyTo(),
                    question.transactionalId(),
                    question.producer(),
                    touched,
                    TransactionCoordinator.RAISING,
                    error -> asked.told(Question.Answer.ofAll(error)));
        } else {
            here.verify(
                    asked.replyTo(),
                    question.transactionalId(),
                    question.producer(),
                    touched,
                    verified -> asked.told(one -> TransactionCoordinator.errorOf(verified, one)));
        }
    }
}
