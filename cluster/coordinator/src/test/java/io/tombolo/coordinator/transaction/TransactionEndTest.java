package io.tombolo.coordinator.transaction;

import static io.tombolo.coordinator.transaction.Desk.P0;
import static io.tombolo.coordinator.transaction.Desk.P1;
import static io.tombolo.coordinator.transaction.Desk.granted;
import static io.tombolo.coordinator.transaction.Desk.producer;
import static io.tombolo.coordinator.transaction.Desk.refused;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.transaction.TransactionCommand.Ending;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;

/** Partitions, ends and markers; statements 56, 58, 59, 60, 64 and 65. */
class TransactionEndTest {

    private static final Ending COMMIT_KEEPING = new Ending(true, false);
    private static final Ending ABORT_KEEPING = new Ending(false, false);

    private static final TopicPartition PAYMENTS = new TopicPartition("payments", 0);

    private final Desk desk = new Desk();

    @Test
    void onlyWhatWasAddedIsPartOfATransaction() {
        var producer = desk.begun();
        desk.add(producer, 0, P0);

        var verified = desk.verify(producer, P0, P1);

        assertThat(verified.error()).isEqualTo(Errors.NONE);
        assertThat(verified.added().contains("orders", 0)).isTrue();
        assertThat(verified.added().contains("orders", 1)).isFalse();
    }

    @Test
    void whatTouchesATopicOfAnotherRegionIsNotCommittedAndMayBeAborted() {
        var producer = desk.begun();
        desk.add(producer, 0, P0);
        desk.add(producer, 0, PAYMENTS);
        CommitCheck check =
                topic -> topic.equals("payments") ? Errors.TRANSACTION_ABORTABLE : Errors.NONE;

        assertThat(desk.end(producer, new Ending(true, false, check)))
                .isEqualTo(refused(Errors.TRANSACTION_ABORTABLE));

        assertThat(desk.verify(producer, P0, PAYMENTS).error()).isEqualTo(Errors.NONE);
        assertThat(desk.end(producer, new Ending(false, false, check))).isEqualTo(granted(100, 0));
        assertThat(desk.wanted().commit()).isFalse();
    }

    @Test
    void nothingIsAddedForStrangersAndZombies() {
        assertThat(desk.add(producer(100, 0), 2, P0)).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        var old = desk.begun();
        desk.begun();

        assertThat(desk.add(old, 2, P0)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(desk.verify(old, P0).error()).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(desk.add(producer(7, 1), 2, P0)).isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void commitGoesToEveryPartitionThatWasAdded() {
        var producer = desk.begun();
        desk.add(producer, 0, P0);
        desk.add(producer, 0, P1);

        assertThat(desk.end(producer, COMMIT_KEEPING)).isEqualTo(granted(100, 0));

        assertThat(desk.wanted().commit()).isTrue();
        assertThat(desk.wanted().version()).isZero();
        assertThat(desk.wanted().producer()).isEqualTo(producer);
        assertThat(desk.wanted().partitions().list()).containsExactly(P0, P1);
    }

    @Test
    void transactionIsOverWhenItsLastMarkerIsWritten() {
        var producer = desk.begun();
        desk.add(producer, 0, P0, P1);
        desk.end(producer, COMMIT_KEEPING);

        desk.written(desk.wanted(), P1);
        assertThat(desk.stored().state()).isEqualTo(TransactionState.PREPARE_COMMIT);
        assertThat(desk.add(producer, 0, P0)).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        desk.written(desk.wanted(), P0);
        assertThat(desk.stored().state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
        assertThat(desk.add(producer, 0, P0)).isEqualTo(Errors.NONE);
    }

    @Test
    void clientsThatKeepTheirEpochMayRepeatAnEndButNotChangeIt() {
        var producer = desk.begun();
        desk.add(producer, 0, P0);
        desk.end(producer, ABORT_KEEPING);

        assertThat(desk.end(producer, ABORT_KEEPING))
                .isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        assertThat(desk.end(producer, COMMIT_KEEPING)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        desk.settle();
        assertThat(desk.end(producer, ABORT_KEEPING)).isEqualTo(granted(100, 0));
        assertThat(desk.end(producer, COMMIT_KEEPING)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
    }

    @Test
    void clientsThatKeepTheirEpochCannotEndNothing() {
        var producer = desk.begun();

        assertThat(desk.end(producer, COMMIT_KEEPING)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        assertThat(desk.end(producer, ABORT_KEEPING)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
    }

    @Test
    void endRaisesTheEpochOnceHoweverOftenItIsAskedFor() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);

        assertThat(desk.end(producer, true)).isEqualTo(granted(100, 1));
        assertThat(desk.wanted().producer()).isEqualTo(producer(100, 1));
        assertThat(desk.wanted().version()).isEqualTo((short) 2);
        assertThat(desk.end(producer, true)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        desk.settle();
        assertThat(desk.end(producer, true)).isEqualTo(granted(100, 1));
        desk.failOver();
        assertThat(desk.end(producer, true)).isEqualTo(granted(100, 1));
        assertThat(desk.end(producer, false)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
    }

    @Test
    void newEpochHasToWaitForTheMarkersOfTheOldOne() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);
        desk.end(producer, true);

        var next = producer(100, 1);
        assertThat(desk.add(next, 2, P0)).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        assertThat(desk.end(next, true)).isEqualTo(refused(Errors.CONCURRENT_TRANSACTIONS));
        assertThat(desk.add(producer, 2, P0)).isEqualTo(Errors.PRODUCER_FENCED);
    }

    @Test
    void nothingCanBeAbortedButNotCommitted() {
        var producer = desk.begun();

        assertThat(desk.end(producer, true)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        assertThat(desk.end(producer, false)).isEqualTo(granted(100, 1));
        assertThat(desk.end(producer, false)).isEqualTo(granted(100, 1));
        assertThat(desk.end(producer(100, 1), false)).isEqualTo(granted(100, 2));
        assertThat(desk.events).isEmpty();
    }

    @Test
    void endsOfStrangersAreRefused() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);

        assertThat(desk.end(producer(99, 0), true))
                .isEqualTo(refused(Errors.INVALID_PRODUCER_ID_MAPPING));
        assertThat(desk.end(producer(100, 7), true)).isEqualTo(refused(Errors.PRODUCER_FENCED));
        assertThat(new Desk().end(producer, true))
                .isEqualTo(refused(Errors.INVALID_PRODUCER_ID_MAPPING));
    }

    @Test
    void endInTheLastEpochLeadsToANewProducerId() {
        desk.begun();
        desk.useUpEpochs(ProducerIdentity.EPOCH_MAX);
        var last = producer(100, ProducerIdentity.EPOCH_MAX);
        desk.add(last, 2, P0);

        assertThat(desk.end(last, true)).isEqualTo(granted(101, 0));
        assertThat(desk.wanted().producer()).isEqualTo(producer(100, Short.MAX_VALUE));
        assertThat(desk.add(producer(101, 0), 2, P0)).isEqualTo(Errors.CONCURRENT_TRANSACTIONS);
        desk.failOver();
        desk.settle();
        assertThat(desk.end(last, true)).isEqualTo(granted(101, 0));
        assertThat(desk.add(producer(101, 0), 2, P0)).isEqualTo(Errors.NONE);
    }

    @Test
    void transactionThatTakesTooLongIsAbortedInAnotherEpoch() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);

        desk.pass(Duration.ofMillis(60_000));

        assertThat(desk.wanted().commit()).isFalse();
        assertThat(desk.wanted().producer()).isEqualTo(producer(100, 1));
        desk.settle();
        assertThat(desk.end(producer, true)).isEqualTo(refused(Errors.INVALID_TXN_STATE));
        assertThat(desk.add(producer, 2, P0)).isEqualTo(Errors.PRODUCER_FENCED);
        assertThat(desk.events)
                .contains(new TransactionEvent.TimedOut("payments", producer, 1_000_000));
    }

    @Test
    void producerThatAbortsWhatTookTooLongGoesOn() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);
        desk.pass(Duration.ofMillis(60_000));
        desk.settle();

        assertThat(desk.end(producer, false)).isEqualTo(granted(100, 1));
        assertThat(desk.end(producer, false)).isEqualTo(granted(100, 1));
        assertThat(desk.add(producer(100, 1), 2, P0)).isEqualTo(Errors.NONE);
    }

    @Test
    void producerThatWasReplacedDoesNotGoOnAfterItsTimeIsUp() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);
        desk.pass(Duration.ofMillis(60_000));
        desk.settle();
        desk.begun();

        assertThat(desk.end(producer, false)).isEqualTo(refused(Errors.PRODUCER_FENCED));
    }

    @Test
    void endedTransactionDoesNotTimeOut() {
        var producer = desk.begun();
        desk.transact(producer);

        desk.pass(Duration.ofHours(1));

        assertThat(desk.stored().state()).isEqualTo(TransactionState.COMPLETE_COMMIT);
    }

    @Test
    void timeWithoutACoordinatorDoesNotCount() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);

        desk.passUnled(Duration.ofHours(1));
        desk.failOver();
        desk.pass(Duration.ofMillis(59_000));

        assertThat(desk.end(producer, true)).isEqualTo(granted(100, 1));
    }

    @Test
    void nextCoordinatorAsksForAllMarkersAgain() {
        var producer = desk.begun();
        desk.add(producer, 2, P0, P1);
        desk.end(producer, true);
        var before = desk.wanted();
        desk.written(before, P0);

        desk.failOver();

        assertThat(desk.events).containsExactly(before, before);
    }

    @Test
    void lateNewsOfMarkersChangesNothing() {
        var producer = desk.begun();
        desk.add(producer, 2, P0);
        desk.end(producer, true);
        var old = desk.wanted();
        desk.settle();
        var next = producer(100, 1);
        desk.add(next, 2, P0, P1);
        desk.end(next, false);

        desk.written(old, P0, P1);

        assertThat(desk.stored().state()).isEqualTo(TransactionState.PREPARE_ABORT);
    }
}
