package io.tombolo.coordinator.transaction.entry;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.runtime.RuntimeSettings;
import io.tombolo.coordinator.stage.Heard;
import io.tombolo.coordinator.stage.MemoryLog;
import io.tombolo.coordinator.transaction.CommitCheck;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.coordinator.transaction.TouchedPartitions;
import io.tombolo.coordinator.transaction.TransactionEvent;
import io.tombolo.coordinator.transaction.TransactionSettings;
import io.tombolo.environment.simulated.manual.ManualLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** What the broker itself is told of its markers; what producers are told, contracts show. */
class TransactionCoordinatorTest {

    private static final String ID = "mill";
    private static final ProducerIdentity PRODUCER = new ProducerIdentity(100, (short) 0);
    private static final TouchedPartitions ORDERS =
            TouchedPartitions.of(List.of(new TopicPartition("orders", 0)));

    private final ManualLoop loop = new ManualLoop();
    private final MemoryLog log = new MemoryLog(loop);
    private final Heard.Reports<TransactionEvent> reports = new Heard.Reports<>();
    private final TransactionCoordinator coordinator = coordinator();
    private final List<Errors> told = new ArrayList<>();

    private TransactionCoordinator coordinator() {
        var settings =
                new TransactionSettings(
                        1,
                        Duration.ofMinutes(15),
                        Duration.ofDays(7),
                        Duration.ofHours(1),
                        RuntimeSettings.STANDARD);
        var ports =
                new TransactionPorts(
                        loop,
                        _ -> loop,
                        loop,
                        log,
                        (replyTo, taker) ->
                                replyTo.execute(() -> taker.accept(OptionalLong.of(100))),
                        reports);
        var made = new TransactionCoordinator(settings, ports);
        log.watchedBy(made::highWatermarkMoved);
        made.lead(0, 1);
        loop.run();
        return made;
    }

    private void endOne() {
        var asking = new Asking((short) 4, loop);
        coordinator.initialize(
                asking,
                new InitProducerIdRequestData()
                        .setTransactionalId(ID)
                        .setTransactionTimeoutMs(60_000)
                        .setProducerId(-1)
                        .setProducerEpoch((short) -1),
                _ -> {});
        loop.run();
        coordinator.add(loop, ID, PRODUCER, ORDERS, TransactionCoordinator.KEEPING, told::add);
        loop.run();
        coordinator.end(
                asking,
                new EndTxnRequestData()
                        .setTransactionalId(ID)
                        .setProducerId(PRODUCER.id())
                        .setProducerEpoch(PRODUCER.epoch())
                        .setCommitted(true),
                CommitCheck.PASSED,
                answer -> told.add(Errors.forCode(answer.errorCode())));
        loop.run();
        assertThat(told).containsExactly(Errors.NONE, Errors.NONE);
        told.clear();
    }

    private Errors markersWritten() {
        coordinator.markersWritten(loop, ID, PRODUCER, ORDERS, told::add);
        loop.run();
        return told.removeLast();
    }

    /**
     * Whoever sends markers forgets those of a coordinator that is elsewhere. When the log only
     * refused what completes the transaction, it has to be told again: nobody else will.
     */
    @ParameterizedTest
    @EnumSource(
            value = Errors.class,
            names = {"KAFKA_STORAGE_ERROR", "NOT_LEADER_OR_FOLLOWER", "NOT_ENOUGH_REPLICAS"})
    void markersThatTheLogRefusedToCompleteAreToBeToldAgain(Errors refusal) {
        endOne();
        log.refuseNext(refusal);

        assertThat(markersWritten()).isEqualTo(refusal);
        assertThat(markersWritten()).isEqualTo(Errors.NONE);
    }

    @Test
    void markersOfAPartitionThatIsLedElsewhereAreItsLeadersBusiness() {
        endOne();
        coordinator.resign(0);

        assertThat(markersWritten()).isEqualTo(Errors.NOT_COORDINATOR);
    }
}
