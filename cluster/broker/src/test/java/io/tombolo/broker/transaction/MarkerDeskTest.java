package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.protocol.SendingOrder;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.replication.transaction.TransactionMarker;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Which markers are taken, and how long one may wait. */
class MarkerDeskTest {

    private static final Duration LONG = Duration.ofSeconds(1);
    private static final TransactionMarker MARKER =
            new TransactionMarker(7, (short) 0, true, 1, false);

    private final LedPartitions broker = new LedPartitions();
    private final List<Long> timeouts = new ArrayList<>();
    private final List<Errors> told = new ArrayList<>();
    private final MarkerDesk desk =
            new MarkerDesk(
                    Worlds.images(Worlds.image(Worlds.topic("orders", 2))),
                    broker.shards(),
                    this::mark);

    private void mark(
            Partition partition,
            TransactionMarker marker,
            long timeoutNanos,
            Consumer<ProduceOutcome> answer) {
        timeouts.add(timeoutNanos);
        partition.mark(marker, timeoutNanos, answer);
    }

    private void write(String topic, int partition, Optional<SendingOrder> order) {
        broker.on(
                () ->
                        desk.write(
                                new TopicPartition(topic, partition),
                                MARKER,
                                order,
                                broker.loop(),
                                told::add),
                LONG);
    }

    private static Optional<SendingOrder> order(long brokerEpoch, long number) {
        return Optional.of(new SendingOrder(2, brokerEpoch, number));
    }

    @Test
    void aMarkerIsWrittenAndWaitsForItsReplicasNoLongerThanFiveSeconds() {
        write("orders", 0, order(1, 1));

        assertThat(told).containsExactly(Errors.NONE);
        assertThat(timeouts).containsExactly(Duration.ofSeconds(5).toNanos());
    }

    @Test
    void whatWasSentBeforeTheLastRequestIsNotTaken() {
        write("orders", 0, order(1, 2));
        write("orders", 0, order(1, 1));
        write("orders", 0, order(2, 1));
        write("orders", 0, order(1, 9));

        assertThat(told)
                .containsExactly(
                        Errors.NONE,
                        Errors.NETWORK_EXCEPTION,
                        Errors.NONE,
                        Errors.NETWORK_EXCEPTION);
        assertThat(timeouts).hasSize(2);
    }

    @Test
    void requestsOfTwoBrokersHaveNothingToDoWithEachOther() {
        write("orders", 0, order(1, 2));
        write("orders", 0, Optional.of(new SendingOrder(3, 1, 1)));

        assertThat(told).containsExactly(Errors.NONE, Errors.NONE);
    }

    @Test
    void markersForWhatIsNotLedHereAndForWhatIsGoneAreToldApart() {
        write("orders", 1, order(1, 1));
        write("orders", 2, order(1, 2));
        write("deleted", 0, order(1, 3));

        assertThat(told)
                .containsExactly(
                        Errors.NOT_LEADER_OR_FOLLOWER,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        Errors.UNKNOWN_TOPIC_OR_PARTITION);
    }
}
