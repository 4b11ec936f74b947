package io.tombolo.broker.torn;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.torn.CommittedReading.Reach;
import io.tombolo.broker.transaction.LedPartitions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.EndTransactionMarker;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** How far back a real log is read, and when not at all. */
class CommittedReadingTest {

    private static final int PRODUCER = 7;
    private static final int LEADER_EPOCH = 1;
    private static final Duration LONG = Duration.ofSeconds(5);
    private static final TornTransaction TORN = new TornTransaction(PRODUCER, 0, 0, 1);

    private final LedPartitions broker = new LedPartitions();
    private final List<Optional<List<TornTransaction>>> answers = new ArrayList<>();

    private void append(ByteBuffer batch) {
        broker.on(
                () -> assertThat(broker.partition(0).appendOwn(batch)).isEqualTo(Errors.NONE),
                LONG);
    }

    /** One record of the producer, and the marker that commits it. */
    private void commit() {
        append(batch(BatchSpec.PLAIN.from(PRODUCER, (short) 0, 0, true), 1));
        append(new EndTransactionMarker(true, 0).batch(0, 0, 0, PRODUCER, (short) 1));
    }

    private static ByteBuffer batch(BatchSpec spec, int count) {
        var builder = new BatchBuilder(spec);
        for (int index = 0; index < count; index++) {
            builder.append(0, null, ByteBuffer.wrap(new byte[] {1}));
        }
        return builder.build();
    }

    private void look(Reach reach, int leaderEpoch, long producerId) {
        var reading = new CommittedReading(broker.shards(), broker.offload(), broker.loop(), reach);
        broker.on(
                () ->
                        reading.look(
                                LedPartitions.orders(0),
                                leaderEpoch,
                                Set.of(new Suspect(producerId, 0)),
                                answers::add),
                LONG);
    }

    @Test
    void whatIsCommittedIsFound() {
        commit();

        look(Reach.STANDARD, LEADER_EPOCH, PRODUCER);

        assertThat(answers).containsExactly(Optional.of(List.of(TORN)));
    }

    @Test
    void itIsFoundFurtherBackThanIsLookedAtFirst() {
        commit();
        append(batch(BatchSpec.PLAIN, 50));
        append(batch(BatchSpec.PLAIN, 50));

        look(new Reach(10, 1_000), LEADER_EPOCH, PRODUCER);

        assertThat(answers).containsExactly(Optional.of(List.of(TORN)));
    }

    @Test
    void itIsNotLookedForBeyondTheBound() {
        commit();
        append(batch(BatchSpec.PLAIN, 50));
        append(batch(BatchSpec.PLAIN, 50));

        look(new Reach(5, 60), LEADER_EPOCH, PRODUCER);

        assertThat(answers).containsExactly(Optional.of(List.of()));
    }

    @Test
    void ofAProducerThatTheLogDoesNotKnowNothingIsFound() {
        commit();

        look(Reach.STANDARD, LEADER_EPOCH, PRODUCER + 1);

        assertThat(answers).containsExactly(Optional.of(List.of()));
    }

    @Test
    void whoDoesNotLeadInThatEpochCannotTell() {
        commit();

        look(Reach.STANDARD, LEADER_EPOCH + 1, PRODUCER);

        assertThat(answers).containsExactly(Optional.empty());
    }
}
