package io.tombolo.coordinator.transaction;

import static io.tombolo.coordinator.transaction.Desk.P0;
import static io.tombolo.coordinator.transaction.Desk.granted;
import static io.tombolo.coordinator.transaction.Desk.producer;
import static io.tombolo.coordinator.transaction.Desk.refused;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/** InitProducerId; statements 54, 60 and 65. */
class ProducerBeginningTest {

    private final Desk desk = new Desk();

    @Test
    void firstProducerGetsEpochZeroAndEachNextOneMore() {
        assertThat(desk.init()).isEqualTo(granted(100, 0));
        assertThat(desk.init()).isEqualTo(granted(100, 1));
        desk.failOver();
        assertThat(desk.init()).isEqualTo(granted(100, 2));
    }

    @Test
    void producerThatGoesOnKeepsItsPlace() {
        desk.begun();

        assertThat(desk.init(producer(100, 0))).isEqualTo(granted(100, 1));
        // The answer got lost, even the coordinator did.
        desk.failOver();
        assertThat(desk.init(producer(100, 0))).isEqualTo(granted(100, 1));
    }

    @Test
    void producerThatWasReplacedIsFenced() {
        desk.begun();
        desk.begun();

        assertThat(desk.init(producer(100, 0))).isEqualTo(refused(Errors.PRODUCER_FENCED));
        assertThat(desk.init(producer(77, 1))).isEqualTo(refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void newProducerFirstHasTheOpenTransactionAborted() {
        var old = desk.begun();
        desk.add(old, 2, P0);

        assertThat(desk.init()).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        assertThat(desk.wanted().commit()).isFalse();
        assertThat(desk.wanted().producer()).isEqualTo(producer(100, 1));
        assertThat(desk.init()).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        desk.settle();
        assertThat(desk.init()).isEqualTo(granted(100, 2));
        assertThat(desk.add(old, 2, P0)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(desk.end(old, false)).isEqualTo(refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void fencedProducerDoesNotPassForOneThatAsksAgain() {
        var old = desk.begun();
        desk.add(old, 2, P0);
        desk.init();
        desk.settle();
        desk.failOver();

        assertThat(desk.end(old, false)).isEqualTo(refused(Errors.PRODUCER_FENCED));
        assertThat(desk.init(old)).isEqualTo(refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void producerMayAbortItsOwnTransactionByBeginningAnew() {
        var producer = desk.begun();
        desk.add(producer, 0, P0);

        assertThat(desk.init(producer)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        desk.settle();
        assertThat(desk.init(producer)).isEqualTo(granted(100, 1));
    }

    @Test
    void zombieThatAsksForAnEpochDoesNotAbortItsSuccessorsTransaction() {
        var zombie = desk.begun();
        var successor = desk.begun();
        desk.add(successor, 2, P0);

        assertThat(desk.init(zombie)).isEqualTo(refused(Errors.PRODUCER_FENCED));
        assertThat(desk.stored().state()).isEqualTo(TransactionState.ONGOING);
    }

    @Test
    void usedUpEpochsLeadToANewProducerId() {
        desk.begun();
        desk.useUpEpochs(ProducerIdentity.EPOCH_MAX);

        assertThat(desk.init()).isEqualTo(granted(101, 0));
    }

    @Test
    void producerThatUsedUpItsEpochsMayAskForTheNewIdAgain() {
        desk.begun();
        desk.useUpEpochs(ProducerIdentity.EPOCH_MAX);
        var last = producer(100, ProducerIdentity.EPOCH_MAX);

        assertThat(desk.init(last)).isEqualTo(granted(101, 0));
        desk.failOver();
        assertThat(desk.init(last)).isEqualTo(granted(101, 0));
    }

    @Test
    void transactionInTheLastEpochCanStillBeFenced() {
        desk.begun();
        desk.useUpEpochs(ProducerIdentity.EPOCH_MAX);
        desk.add(producer(100, ProducerIdentity.EPOCH_MAX), 2, P0);

        desk.init();
        assertThat(desk.wanted().producer()).isEqualTo(producer(100, Short.MAX_VALUE));
        desk.settle();
        assertThat(desk.init()).isEqualTo(granted(101, 0));
    }

    @Test
    void idThatNobodyUsedForAWeekIsForgotten() {
        desk.begun();

        desk.pass(Duration.ofDays(7).plusHours(2));

        assertThat(desk.known()).isFalse();
        desk.failOver();
        assertThat(desk.known()).isFalse();
        assertThat(desk.init(producer(100, 0))).isEqualTo(granted(101, 0));
        assertThat(desk.init(producer(100, 0))).isEqualTo(granted(101, 0));
    }

    @Test
    void idsExpireInBoundedSteps() {
        for (int number = 0; number <= 1000; number++) {
            desk.begin("id-" + number);
        }

        desk.pass(Duration.ofDays(7).plusHours(2));

        assertThat(desk.state().transactions()).isEmpty();
        assertThat(desk.largestStep()).isEqualTo(1000);
    }

    @Test
    void idWhoseMarkersAreMissingNeverExpires() {
        desk.add(desk.begun(), 2, P0);
        desk.pass(Duration.ofMinutes(2));

        desk.pass(Duration.ofDays(30));

        assertThat(desk.stored().state()).isEqualTo(TransactionState.PREPARE_ABORT);
    }
}
