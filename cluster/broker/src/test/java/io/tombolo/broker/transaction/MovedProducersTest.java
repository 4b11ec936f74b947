package io.tombolo.broker.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Worlds;
import io.tombolo.broker.group.InternalTopic;
import io.tombolo.coordinator.transaction.ProducerIdentity;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.simulated.Simulator;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.ProducerIdRange;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

class MovedProducersTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final ProducerIdRange EU = ProducerIdRange.ofRegion(0);
    private static final ProducerIdRange US = ProducerIdRange.ofRegion(1);
    private static final long OF_NOBODY = 4711;

    private final Simulator simulator = new Simulator(1);
    private final EventLoop loop = simulator.addNode("one", 1).start(_ -> {}).loops().loop(0);
    private final MetadataImage used = Worlds.image(Worlds.topic(InternalTopic.TRANSACTIONS, 1));

    @Test
    void onlyWhoHasAnIdOfAnotherRegionHasMoved() {
        var moved = new MovedProducers(US, Worlds.images(used));

        assertThat(moved.include(EU.first())).isTrue();
        assertThat(moved.include(US.first())).isFalse();
        assertThat(moved.include(OF_NOBODY)).isFalse();
    }

    @Test
    void whoHasMovedMayAbortAndGoOn() {
        assertThat(told(used, EU.first(), Errors.INVALID_PRODUCER_ID_MAPPING))
                .isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(told(used, EU.first(), Errors.NOT_COORDINATOR))
                .isEqualTo(Errors.NOT_COORDINATOR);
        assertThat(told(used, EU.first(), Errors.NONE)).isEqualTo(Errors.NONE);
    }

    @Test
    void whoIsUnknownOtherwiseIsToldSo() {
        assertThat(told(used, US.first(), Errors.INVALID_PRODUCER_ID_MAPPING))
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
        assertThat(told(used, OF_NOBODY, Errors.INVALID_PRODUCER_ID_MAPPING))
                .isEqualTo(Errors.INVALID_PRODUCER_ID_MAPPING);
    }

    @Test
    void whereNobodyHasHadATransactionThereIsNoCoordinatorToAsk() {
        MetadataImage unused = Worlds.image(Worlds.topic("orders", 1));

        assertThat(told(unused, EU.first(), Errors.COORDINATOR_NOT_AVAILABLE))
                .isEqualTo(Errors.TRANSACTION_ABORTABLE);
        assertThat(told(unused, US.first(), Errors.COORDINATOR_NOT_AVAILABLE))
                .isEqualTo(Errors.COORDINATOR_NOT_AVAILABLE);
    }

    /** What a producer of us is told of a partition when its coordinator says this. */
    private Errors told(MetadataImage image, long producerId, Errors coordinator) {
        var told = new ArrayList<Errors>();
        var moved = new MovedProducers(US, Worlds.images(image));
        var question =
                new Question(
                        "transfers",
                        new ProducerIdentity(producerId, (short) 0),
                        List.of(ORDERS),
                        true);
        moved.asking((_, replyTo, answer) ->
                        replyTo.execute(() -> answer.accept(Question.Answer.ofAll(coordinator))))
                .ask(question, loop, answer -> told.add(answer.of(ORDERS)));
        simulator.runFor(Duration.ofMillis(1));
        return told.getFirst();
    }
}
