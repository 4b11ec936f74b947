package io.tombolo.storage.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.segment.AbortedTransaction;

import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;

/** Sequences of producers and their transactions. */
class LogProducersTest extends OpenLog {

    @Test
    void aRepeatedBatchGetsItsFirstAnswerAgain() {
        for (int sequence = 0; sequence < 7; sequence++) {
            assertThat(append(Batches.idempotent(9, 0, sequence, 1, 50 + sequence), 0))
                    .isInstanceOf(AppendResult.Appended.class);
        }

        assertThat(append(Batches.idempotent(9, 0, 2, 1, 52), 0))
                .isEqualTo(new AppendResult.Duplicate(2, 2, 52));
        assertThat(append(Batches.idempotent(9, 0, 1, 1, 51), 0))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 7, 1));
        assertThat(append(Batches.idempotent(9, 0, 8, 1, 51), 0))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 7, 8));
        assertThat(log.endOffset()).isEqualTo(7);
    }

    @Test
    void whatAnEarlierLeaderAppendedIsKnownAgainHoweverMuchCameSince() {
        appendEach(0, 7, 4);
        appendEach(7, 14, 5);

        assertThat(append(Batches.idempotent(9, 0, 0, 1, 50), 5))
                .isEqualTo(new AppendResult.OldDuplicate(9, 0, 7));
        assertThat(append(Batches.idempotent(9, 0, 5, 2, 50), 5))
                .isEqualTo(new AppendResult.OldDuplicate(9, 5, 7));
        assertThat(append(Batches.idempotent(9, 0, 6, 2, 50), 5))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 14, 6));
        assertThat(append(Batches.idempotent(9, 0, 7, 1, 50), 5))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 14, 7));
        assertThat(append(Batches.idempotent(9, 0, 15, 1, 50), 5))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 14, 15));
        assertThat(log.endOffset()).isEqualTo(14);
    }

    @Test
    void whatMayHaveBeenLeftOutIsNotTakenForAppended() {
        log.truncateFullyAndStartAt(1000);
        appendEach(500, 507, 4);
        appendEach(507, 514, 5);

        assertThat(append(Batches.idempotent(9, 0, 499, 1, 50), 5))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 514, 499));
        assertThat(append(Batches.idempotent(9, 0, 500, 1, 50), 5))
                .isEqualTo(new AppendResult.OldDuplicate(9, 500, 1007));
    }

    @Test
    void anOldBatchOfAnEarlierEpochOfItsProducerIsNoDuplicate() {
        appendEach(0, 7, 4);
        append(Batches.idempotent(9, 1, 0, 1, 50), 5);

        assertThat(append(Batches.idempotent(9, 0, 0, 1, 50), 5))
                .isEqualTo(new AppendResult.InvalidProducerEpoch(9, (short) 1, (short) 0));
    }

    @Test
    void whatAnEarlierLeaderAppendedIsKnownAgainAfterARestart() {
        appendEach(0, 7, 4);
        assertThat(world.close(directory)).isTrue();
        world.forget();
        simulated().processEnded();
        log = world.opened().logs().getFirst().log();
        appendEach(7, 14, 5);
        appendEach(14, 21, 6);

        assertThat(append(Batches.idempotent(9, 0, 7, 1, 50), 6))
                .isEqualTo(new AppendResult.OldDuplicate(9, 7, 14));
        // A snapshot keeps no more than the last batch.
        assertThat(append(Batches.idempotent(9, 0, 5, 1, 50), 6))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 21, 5));
    }

    @Test
    void theWayBackToWhatAnEarlierLeaderAppendedLeadsPastTheLargestSequence() {
        log.truncateFullyAndStartAt(1000);
        append(Batches.idempotent(9, 0, Integer.MAX_VALUE - 1, 4, 1), 4);
        appendEach(2, 9, 5);

        assertThat(append(Batches.idempotent(9, 0, Integer.MAX_VALUE - 1, 4, 1), 5))
                .isEqualTo(new AppendResult.OldDuplicate(9, Integer.MAX_VALUE - 1, 1004));
    }

    private void appendEach(int from, int to, int leaderEpoch) {
        for (int sequence = from; sequence < to; sequence++) {
            assertThat(append(Batches.idempotent(9, 0, sequence, 1, 50), leaderEpoch))
                    .isInstanceOf(AppendResult.Appended.class);
        }
    }

    @Test
    void aProducerNobodyCanHaveForgottenBeginsAtZero() {
        assertThat(append(Batches.idempotent(9, 0, 3, 2, 1), 0))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 0, 3));
        assertThat(append(Batches.idempotent(9, 0, 0, 3, 1), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(append(Batches.idempotent(9, 0, 3, 2, 1), 0))
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void anEmptyLogThatComesBackHasForgottenNobody() {
        assertThat(log.truncateFullyAndStartAt(0)).isInstanceOf(ChangeResult.Changed.class);
        assertThat(world.close(directory)).isTrue();
        world.forget();
        simulated().processEnded();

        log = world.opened().logs().getFirst().log();

        assertThat(append(Batches.idempotent(9, 0, 3, 2, 1), 0))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 0, 3));
    }

    @Test
    void aProducerThatMayHaveBeenForgottenMayGoOnAnywhere() {
        append(Batches.idempotent(8, 0, 0, 1, world.nowMs), 0);
        world.nowMs += Duration.ofDays(1).toMillis();
        log.expireProducers();

        assertThat(append(Batches.idempotent(8, 0, 1, 1, world.nowMs), 0))
                .isInstanceOf(AppendResult.Appended.class);
    }

    @Test
    void anUnknownProducerMayBeginAnywhereAndANewEpochOnlyAtZero() {
        log.truncateFullyAndStartAt(1000);
        assertThat(append(Batches.idempotent(9, 1, 500, 1, 1), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(append(Batches.idempotent(9, 2, 3, 1, 1), 0))
                .isEqualTo(new AppendResult.OutOfOrderSequence(9, 0, 3));
        assertThat(append(Batches.idempotent(9, 2, 0, 1, 1), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(append(Batches.idempotent(9, 1, 501, 1, 1), 0))
                .isEqualTo(new AppendResult.InvalidProducerEpoch(9, (short) 2, (short) 1));
    }

    @Test
    void sequencesWrapInsideABatch() {
        log.truncateFullyAndStartAt(1000);
        append(Batches.idempotent(9, 0, Integer.MAX_VALUE - 1, 4, 1), 0);

        assertThat(append(Batches.idempotent(9, 0, 2, 1, 1), 0))
                .isInstanceOf(AppendResult.Appended.class);
        assertThat(log.producers().getFirst().lastSequence()).isEqualTo(2);
    }

    @Test
    void openTransactionsHoldTheLastStableOffsetBack() {
        append(Batches.plain(1, 1, "a"), 0);
        append(Batches.transactional(9, 0, 0, 2, 1), 0);
        append(Batches.plain(1, 1, "b"), 0);
        assertThat(log.lastStableOffset(4)).isEqualTo(1);
        assertThat(append(Batches.idempotent(9, 0, 2, 1, 1), 0))
                .isEqualTo(new AppendResult.InvalidTransactionState(9));

        mark(Batches.marker(false, 9, 0, 2));

        assertThat(log.lastStableOffset(4)).isEqualTo(1);
        assertThat(log.lastStableOffset(5)).isEqualTo(5);
        var committed = read(0, 10_000, 5, Isolation.READ_COMMITTED);
        assertThat(committed.abortedTransactions())
                .containsExactly(new AbortedTransaction(9, 1, 4, 5));
        var behind = read(3, 10_000, 5, Isolation.READ_COMMITTED);
        assertThat(behind.abortedTransactions()).hasSize(1);
        assertThat(read(0, 10_000, 1, Isolation.READ_COMMITTED).abortedTransactions()).isEmpty();
    }

    @Test
    void aMarkerOfAReplacedCoordinatorIsFenced() {
        append(Batches.transactional(9, 0, 0, 1, 1), 0);
        mark(Batches.marker(true, 9, 0, 1));
        var old = new EndTransactionMarker(true, 2).batch(0, 0, 1, 9, (short) 0);

        assertThat(log.append(old, 0, AppendOrigin.BROKER))
                .isEqualTo(new AppendResult.CoordinatorFenced(9, 3, 2));
    }

    @Test
    void aLateMarkerDoesNotEndTheNextTransactionOfARaisedEpoch() {
        append(Batches.transactional(9, 0, 0, 1, 1), 0);
        assertThat(raise(1)).isInstanceOf(AppendResult.Appended.class);
        assertThat(raise(1)).isInstanceOf(AppendResult.Appended.class);
        append(Batches.transactional(9, 1, 0, 1, 1), 0);

        assertThat(raise(1))
                .isEqualTo(new AppendResult.InvalidProducerEpoch(9, (short) 1, (short) 1));
        assertThat(raise(2)).isInstanceOf(AppendResult.Appended.class);
    }

    private AppendResult raise(int epoch) {
        return log.append(Batches.marker(true, 9, epoch, 1), 0, AppendOrigin.RAISING_COORDINATOR);
    }

    @Test
    void idleProducersAreForgottenButNotThoseInATransaction() {
        append(Batches.idempotent(8, 0, 0, 1, world.nowMs), 0);
        append(Batches.transactional(9, 0, 0, 1, world.nowMs), 0);
        world.nowMs += Duration.ofDays(1).toMillis();

        log.expireProducers();

        assertThat(log.producers()).extracting(ProducerView::producerId).containsExactly(9L);
        assertThat(log.openTransactionOffset(9, (short) 0)).hasValue(1);
    }

    private void mark(ByteBuffer marker) {
        assertThat(log.append(marker, 0, AppendOrigin.BROKER))
                .isInstanceOf(AppendResult.Appended.class);
    }
}
