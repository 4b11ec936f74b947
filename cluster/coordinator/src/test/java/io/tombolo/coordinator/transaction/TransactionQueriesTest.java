package io.tombolo.coordinator.transaction;

import static io.tombolo.coordinator.transaction.Desk.ID;
import static io.tombolo.coordinator.transaction.Desk.P0;
import static io.tombolo.coordinator.transaction.Desk.P1;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.ListTransactionsRequestData;
import org.apache.kafka.common.message.ListTransactionsResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.List;

/** DescribeTransactions and ListTransactions. */
class TransactionQueriesTest {

    private static final long NOW_MS = 1_030_000;

    private final Desk desk = new Desk();

    private List<String> list(ListTransactionsRequestData request) {
        return TransactionQueries.list(
                        desk.state(), TransactionQueries.filter(request).orElseThrow(), NOW_MS)
                .stream()
                .map(ListTransactionsResponseData.TransactionState::transactionalId)
                .toList();
    }

    @Test
    void openTransactionIsDescribedWithItsPartitions() {
        desk.add(desk.begun(), 2, P0, P1);

        var described = TransactionQueries.describe(desk.state(), ID);

        assertThat(described.errorCode()).isEqualTo(Errors.NONE.code());
        assertThat(described.transactionState()).isEqualTo("Ongoing");
        assertThat(described.producerId()).isEqualTo(100);
        assertThat(described.producerEpoch()).isZero();
        assertThat(described.transactionTimeoutMs()).isEqualTo(60_000);
        assertThat(described.transactionStartTimeMs()).isEqualTo(1_000_000);
        assertThat(described.topics())
                .containsExactly(new TopicData().setTopic("orders").setPartitions(List.of(0, 1)));
    }

    @Test
    void unknownIdIsNotFound() {
        assertThat(TransactionQueries.describe(desk.state(), "nobody").errorCode())
                .isEqualTo(Errors.TRANSACTIONAL_ID_NOT_FOUND.code());
    }

    @Test
    void transactionsAreListedByStateProducerAndAge() {
        desk.add(desk.begun(), 2, P0);
        var all = new ListTransactionsRequestData();

        assertThat(list(all.duplicate())).containsExactly(ID);
        assertThat(list(all.duplicate().setStateFilters(List.of("Ongoing")))).containsExactly(ID);
        assertThat(list(all.duplicate().setStateFilters(List.of("Empty")))).isEmpty();
        assertThat(list(all.duplicate().setProducerIdFilters(List.of(100L)))).containsExactly(ID);
        assertThat(list(all.duplicate().setProducerIdFilters(List.of(1L)))).isEmpty();
        assertThat(list(all.duplicate().setDurationFilter(29_999))).containsExactly(ID);
        assertThat(list(all.duplicate().setDurationFilter(30_000))).isEmpty();
    }

    @Test
    void aPatternThatWouldExplodeIsNoFilter() {
        var request = new ListTransactionsRequestData();

        assertThat(TransactionQueries.filter(request.setTransactionalIdPattern("orders-.*")))
                .isPresent();
        assertThat(TransactionQueries.filter(request.setTransactionalIdPattern("((a{900}){900}")))
                .isEmpty();
        assertThat(TransactionQueries.filter(request.setTransactionalIdPattern("((a{9}){900})")))
                .isEmpty();
    }

    @Test
    void statesThatDoNotExistAreNamed() {
        var request = new ListTransactionsRequestData().setStateFilters(List.of("Empty", "Lost"));

        assertThat(TransactionQueries.unknownStates(request)).containsExactly("Lost");
    }
}
