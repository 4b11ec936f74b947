package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.transaction.TransactionGate.Speech;
import io.tombolo.broker.transaction.TransactionGate.Wish;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** How often the coordinator is asked for one request to many partitions. */
class CompanyTest {

    private static final int PARTITIONS = 12;
    private static final int ELSEWHERE = 99;
    private static final Duration LONG = Duration.ofSeconds(5);

    private final LedPartitions broker = new LedPartitions(PARTITIONS, 3);
    private final LeaderGate gate = new LeaderGate(broker.shards(), this::asked);
    private final List<Question> questions = new ArrayList<>();
    private final Map<Integer, Errors> told = new TreeMap<>();
    private Errors first = Errors.NONE;

    private void asked(Question question, EventLoop replyTo, Consumer<Question.Answer> answer) {
        questions.add(question);
        Errors error = questions.size() == 1 ? first : Errors.NONE;
        replyTo.execute(() -> answer.accept(Question.Answer.ofAll(error)));
    }

    private Wish wish(Company company, long producer, int partition) {
        var id = LedPartitions.orders(partition);
        return new Wish(company, "id-" + producer, producer, (short) 0, id, Speech.IMPLICIT);
    }

    private void request(long producer, List<Integer> partitions) {
        Company company = gate.company(partitions.size(), broker.loop());
        for (int partition : partitions) {
            gate.admit(
                    wish(company, producer, partition),
                    permit -> told.put(partition, permit.error()));
        }
    }

    private List<Integer> sizes() {
        return questions.stream().map(question -> question.partitions().size()).toList();
    }

    private static List<Integer> all() {
        var all = new ArrayList<Integer>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            all.add(partition);
        }
        return all;
    }

    @Test
    void aRequestToPartitionsOfAllLoopsAsksOnce() {
        broker.on(() -> request(7, all()), LONG);

        assertThat(sizes()).containsExactly(PARTITIONS);
        assertThat(told).hasSize(PARTITIONS).containsValue(Errors.NONE);
        assertThat(told.values()).containsOnly(Errors.NONE);
    }

    @Test
    void whileTheTransactionBeforeIsEndingAllAreAskedAboutAgainTogether() {
        first = Errors.CONCURRENT_TRANSACTIONS;

        broker.on(() -> request(7, all()), LONG);

        assertThat(sizes()).containsExactly(PARTITIONS, PARTITIONS);
        assertThat(told.values()).hasSize(PARTITIONS).containsOnly(Errors.NONE);
    }

    @Test
    void aSecondRequestWaitsForTheFirstAndAsksOnlyAboutWhatIsNew() {
        broker.on(
                () -> {
                    request(7, List.of(0, 1, 2, 3));
                    request(7, List.of(2, 3, 4));
                },
                LONG);

        assertThat(questions.stream().map(Question::partitions))
                .satisfiesExactlyInAnyOrder(
                        asked -> assertThat(asked).hasSize(4),
                        asked ->
                                assertThat(asked).containsExactly(new TopicPartition("orders", 4)));
        assertThat(told.values()).hasSize(5).containsOnly(Errors.NONE);
    }

    @Test
    void whatIsLedElsewhereKeepsNobodyWaiting() {
        broker.on(() -> request(7, List.of(0, ELSEWHERE, 1)), LONG);

        assertThat(sizes()).containsExactly(2);
        assertThat(told)
                .containsEntry(ELSEWHERE, Errors.NOT_LEADER_OR_FOLLOWER)
                .containsEntry(0, Errors.NONE)
                .containsEntry(1, Errors.NONE);
    }

    @Test
    void producersAreNotMixedInOneQuestion() {
        broker.on(
                () -> {
                    Company company = gate.company(2, broker.loop());
                    gate.admit(wish(company, 7, 0), permit -> told.put(0, permit.error()));
                    gate.admit(wish(company, 8, 1), permit -> told.put(1, permit.error()));
                },
                LONG);

        assertThat(questions.stream().map(Question::transactionalId))
                .containsExactlyInAnyOrder("id-7", "id-8");
        assertThat(told.values()).hasSize(2).containsOnly(Errors.NONE);
    }
}
