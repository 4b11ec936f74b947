package io.tombolo.broker.transaction;

import io.tombolo.broker.Images;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.ProducerIdRange;

import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;

/**
 * Transactional producers that come from another region with the id that they got there. Which
 * transactional ids there were is not copied, and what was open in a copy is aborted before the
 * topic takes writes; so their transaction has ended, and they are told that they may abort it and
 * begin the next one, instead of an error that ends the producer.
 *
 * @param own the ids that this region gives out; another region's are above them or below, and ids
 *     below all ranges are of no region of ours
 */
public record MovedProducers(ProducerIdRange own, Images images) {

    private static final long FIRST_OF_ALL = ProducerIdRange.ofRegion(0).first();

    /** Whether another region of ours gave the id out. */
    public boolean include(long producerId) {
        return producerId >= FIRST_OF_ALL && !own.contains(producerId);
    }

    LeaderGate.Inquiry asking(LeaderGate.Inquiry inquiry) {
        return (question, replyTo, answer) -> {
            if (include(question.producer().id())) {
                ask(inquiry, question, replyTo, answer);
            } else {
                inquiry.ask(question, replyTo, answer);
            }
        };
    }

    private void ask(
            LeaderGate.Inquiry inquiry,
            Question question,
            EventLoop replyTo,
            Consumer<Question.Answer> answer) {
        if (images.current().topics().topic(InternalTopic.TRANSACTIONS).isEmpty()) {
            // Nobody has had a transaction in this region: there is no coordinator to ask.
            var ended = Question.Answer.ofAll(Errors.TRANSACTION_ABORTABLE);
            replyTo.execute(() -> answer.accept(ended));
            return;
        }
        inquiry.ask(
                question,
                replyTo,
                told ->
                        answer.accept(partition -> {
                            Errors error = told.of(partition);
                            return error == Errors.INVALID_PRODUCER_ID_MAPPING
                                    ? Errors.TRANSACTION_ABORTABLE
                                    : error;
                        }));
    }
}
