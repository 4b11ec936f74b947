package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.transaction.TransactionGate.Permit;
import io.tombolo.broker.transaction.TransactionGate.Speech;
import io.tombolo.broker.transaction.TransactionGate.Wish;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The bounds of waiting for a coordinator. */
class LeaderGateTest {

    private static final Duration LONG = Duration.ofSeconds(5);

    private final LedPartitions broker = new LedPartitions();
    private final List<Consumer<Errors>> unanswered = new ArrayList<>();
    private final List<Errors> told = new ArrayList<>();
    private final LeaderGate gate = new LeaderGate(broker.shards(), this::asked);
    private Errors[] answers = {};
    private final List<Integer> partitionsAsked = new ArrayList<>();
    private int questions;

    private void asked(Question question, EventLoop replyTo, Consumer<Question.Answer> answer) {
        questions++;
        partitionsAsked.add(question.partitions().size());
        if (answers.length == 0) {
            unanswered.add(error -> answer.accept(Question.Answer.ofAll(error)));
        } else {
            Errors next = answers[Math.min(questions, answers.length) - 1];
            replyTo.execute(() -> answer.accept(Question.Answer.ofAll(next)));
        }
    }

    private void admit(long producer, Speech speech) {
        gate.admit(
                new Wish(
                        gate.company(1, broker.loop()),
                        "id-" + producer,
                        producer,
                        (short) 0,
                        LedPartitions.ORDERS,
                        speech),
                (Permit permit) -> told.add(permit.error()));
    }

    @Test
    void aTransactionThatIsStillEndingIsAskedAboutSoOftenAndNotMore() {
        answers = new Errors[] {Errors.CONCURRENT_TRANSACTIONS};

        broker.on(() -> admit(7, Speech.IMPLICIT), LONG);

        assertThat(questions).isEqualTo(LeaderGate.ATTEMPTS_MAX);
        assertThat(told).containsExactly(Errors.CONCURRENT_TRANSACTIONS);
    }

    @Test
    void olderClientsAreToldToComeAgainInTheirOwnWords() {
        answers = new Errors[] {Errors.CONCURRENT_TRANSACTIONS};

        broker.on(() -> admit(7, Speech.OLD), LONG);

        assertThat(told).containsExactly(Errors.NOT_ENOUGH_REPLICAS);
    }

    @Test
    void theFirstGoodAnswerEndsTheWaiting() {
        answers = new Errors[] {Errors.CONCURRENT_TRANSACTIONS, Errors.NONE};

        broker.on(() -> admit(7, Speech.IMPLICIT), LONG);

        assertThat(questions).isEqualTo(2);
        assertThat(told).containsExactly(Errors.NONE);
    }

    @Test
    void oneProducerMoreThanMayWaitIsToldToComeAgain() {
        broker.on(
                () -> {
                    for (int producer = 0; producer <= LeaderGate.WAITING_MAX; producer++) {
                        admit(producer, Speech.IMPLICIT);
                    }
                },
                LONG);

        assertThat(questions).isEqualTo(LeaderGate.WAITING_MAX);
        assertThat(told).containsExactly(Errors.NOT_ENOUGH_REPLICAS);
    }

    @Test
    void whoeverWasAnsweredMakesRoomForAnother() {
        broker.on(
                () -> {
                    for (int producer = 0; producer < LeaderGate.WAITING_MAX; producer++) {
                        admit(producer, Speech.IMPLICIT);
                    }
                    unanswered.removeFirst().accept(Errors.PRODUCER_FENCED);
                    admit(LeaderGate.WAITING_MAX, Speech.IMPLICIT);
                },
                LONG);

        assertThat(told).containsExactly(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(questions).isEqualTo(LeaderGate.WAITING_MAX + 1);
    }
}
