package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.TIMEOUT_NANOS;
import static io.tombolo.replication.PartitionWorld.endingMirror;
import static io.tombolo.replication.PartitionWorld.fenced;
import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.replication.transaction.TransactionAdmission;
import io.tombolo.replication.transaction.TransactionMarker;
import io.tombolo.replication.transaction.Verification;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Batches and markers of transactions; statements 50, 56, 57, 61 and 63. */
class PartitionTransactionTest extends OnePartition {

    private static final long PRODUCER = 7;

    @BeforeEach
    void lead() {
        world.on(p -> p.become(leader(1)));
    }

    private static ByteBuffer batch(int epoch, int sequence) {
        var spec = BatchSpec.PLAIN.from(PRODUCER, (short) epoch, sequence, true);
        return Batches.filled(spec, 1, "in a transaction");
    }

    private Verification verify(int epoch) {
        return world.ask(p -> p.admission().begin(PRODUCER, (short) epoch));
    }

    private Errors produce(int epoch, int sequence, Verification verification) {
        var answers = new ArrayList<ProduceOutcome>();
        var request =
                new Produce(
                        batch(epoch, sequence),
                        (short) -1,
                        TIMEOUT_NANOS,
                        (short) 12,
                        verification);
        world.on(p -> p.produce(request, answers::add));
        return errors(answers).getFirst();
    }

    private Errors produce(int epoch, int sequence) {
        return produce(epoch, sequence, verify(epoch));
    }

    private ProduceOutcome mark(int epoch, int coordinatorEpoch, boolean raising) {
        var answers = new ArrayList<ProduceOutcome>();
        var marker =
                new TransactionMarker(PRODUCER, (short) epoch, false, coordinatorEpoch, raising);
        world.on(p -> p.mark(marker, TIMEOUT_NANOS, answers::add));
        assertThat(answers).hasSize(1);
        return answers.getFirst();
    }

    @Test
    void firstBatchOfATransactionHasToBeAskedForAndTheNextOnesNot() {
        Verification first = verify(0);

        assertThat(first.toBeAsked()).isTrue();
        assertThat(produce(0, 0, first)).isEqualTo(Errors.NONE);
        assertThat(verify(0).toBeAsked()).isFalse();
        assertThat(produce(0, 1)).isEqualTo(Errors.NONE);
    }

    @Test
    void batchWithoutVerificationIsRefused() {
        assertThat(produce(0, 0, Verification.NONE))
                .isEqualTo(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(produce(0, 0, new Verification(PRODUCER, (short) 0, 0)))
                .isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void batchesUnderWayTogetherAreAskedForOnce() {
        assertThat(verify(0)).isEqualTo(verify(0));
    }

    @Test
    void answerOfBeforeAMarkerDoesNotCountAfterIt() {
        Verification before = verify(0);
        mark(0, 1, false);

        assertThat(produce(0, 0, before)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(produce(0, 0)).isEqualTo(Errors.NONE);
    }

    @Test
    void answerOfAnotherEpochDoesNotCount() {
        Verification old = verify(0);
        verify(1);

        assertThat(produce(0, 0, old)).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void answerOfAnEarlierLeadershipDoesNotCount() {
        Verification before = verify(0);
        world.on(p -> p.become(leader(2)));

        assertThat(produce(0, 0, before)).isEqualTo(Errors.INVALID_TXN_STATE);
    }

    @Test
    void onlySoManyProducersAreAskedAboutAtATime() {
        Verification first = verify(0);
        world.on(p -> {
            for (int producer = 0; producer < TransactionAdmission.ASKED_MAX; producer++) {
                p.admission().begin(100 + producer, (short) 0);
            }
        });

        assertThat(produce(0, 0, first)).isEqualTo(Errors.INVALID_TXN_STATE);
        assertThat(verify(0).number()).isGreaterThan(first.number());
    }

    @Test
    void lateBatchOfAnEndedTransactionIsFenced() {
        produce(0, 0);
        mark(1, 1, true);

        assertThat(produce(0, 1, new Verification(PRODUCER, (short) 0, 0)))
                .isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void markerTakesAnOffsetAndLetsReadersPass() {
        produce(0, 0);
        assertThat(world.partition().lastStableOffset()).isZero();

        ProduceOutcome marked = mark(1, 1, true);

        assertThat(marked.error()).isEqualTo(Errors.NONE);
        assertThat(marked.baseOffset()).isEqualTo(1);
        assertThat(world.partition().lastStableOffset()).isEqualTo(2);
    }

    @Test
    void lateMarkerDoesNotEndTheNextTransaction() {
        produce(0, 0);
        mark(1, 1, true);
        produce(1, 0);

        assertThat(mark(1, 1, true).error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(mark(0, 1, false).error()).isEqualTo(Errors.INVALID_PRODUCER_EPOCH);
        assertThat(world.partition().lastStableOffset()).isEqualTo(2);
    }

    @Test
    void markerOfAnEarlierCoordinatorIsRefused() {
        produce(0, 0);
        mark(1, 5, true);

        assertThat(mark(2, 4, true).error()).isEqualTo(Errors.TRANSACTION_COORDINATOR_FENCED);
    }

    @Test
    void markersAreRefusedWhereNobodyMayWrite() {
        for (Role role : List.of(fenced(1), mirror(1, 1), endingMirror(1, 1))) {
            world.on(p -> p.become(role));

            assertThat(mark(0, 1, false).error()).isEqualTo(Errors.POLICY_VIOLATION);
        }
        world.on(p -> p.become(new Role.Idle()));
        assertThat(mark(0, 1, false).error()).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(world.partition().log().endOffset()).isZero();
    }
}
