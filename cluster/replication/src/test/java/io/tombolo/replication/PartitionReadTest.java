package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.Optional;

/** What readers get to see. */
class PartitionReadTest extends OnePartition {

    @Test
    void readersSeeNothingAboveTheHighWatermark() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        durable.produce(Batches.plain(1), -1);
        durable.settle();

        var seen =
                durable.ask(p -> {
                    p.produce(request(Batches.plain(1), 0), _ -> {});
                    return p.read(new FetchRead(0, 1, -1, 1 << 20, Isolation.READ_UNCOMMITTED));
                });

        assertThat(offsets(seen)).containsExactly(0L);
    }

    @Test
    void aWaitingReaderIsWokenByAnAppend() {
        world.on(p -> p.become(leader(1)));
        var woken = new ArrayList<Long>();
        world.on(p -> p.addWaiter(changed -> woken.add(changed.highWatermark())));

        world.produce(Batches.plain(2), 1);

        assertThat(woken).containsExactly(2L);
    }

    @Test
    void aReaderThatWentAwayIsNotWoken() {
        world.on(p -> p.become(leader(1)));
        var woken = new ArrayList<Long>();
        FetchWaiter waiter = changed -> woken.add(changed.highWatermark());
        world.on(p -> p.addWaiter(waiter));

        world.on(p -> p.removeWaiter(waiter));
        world.produce(Batches.plain(2), 1);

        assertThat(woken).isEmpty();
    }

    @Test
    void aReaderOfAnotherEpochIsTold() {
        world.on(p -> p.become(leader(5)));

        assertThat(read(0, 4, -1))
                .isEqualTo(
                        new FetchOutcome.Refused(Errors.FENCED_LEADER_EPOCH, new LeaderHint(1, 5)));
        assertThat(read(0, 6, -1)).isEqualTo(new FetchOutcome.Refused(Errors.UNKNOWN_LEADER_EPOCH));
        assertThat(read(0, 5, -1)).isInstanceOf(FetchOutcome.Read.class);
    }

    @Test
    void aReaderOutsideOfTheLogIsTold() {
        world.on(p -> p.become(leader(1)));

        assertThat(read(1, -1, -1)).isEqualTo(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void aReaderWhoseLastRecordIsNotHereHearsWhereItsEpochEnds() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        world.on(p -> p.become(leader(3)));
        world.produce(Batches.plain(2), -1);

        assertThat(read(5, -1, 1))
                .isInstanceOfSatisfying(
                        FetchOutcome.Diverging.class,
                        diverging -> assertThat(diverging.end()).isEqualTo(new EpochEnd(1, 3)));
        assertThat(read(2, -1, 2))
                .isInstanceOfSatisfying(
                        FetchOutcome.Diverging.class,
                        diverging -> assertThat(diverging.end()).isEqualTo(new EpochEnd(1, 3)));
        assertThat(read(4, -1, 3)).isInstanceOf(FetchOutcome.Read.class);
    }

    @Test
    void aReaderWithAnEpochThatWasNeverHereIsOutOfRange() {
        world.on(p -> p.become(leader(3)));
        world.produce(Batches.plain(2), -1);

        assertThat(read(1, -1, 9)).isEqualTo(new FetchOutcome.Refused(Errors.OFFSET_OUT_OF_RANGE));
    }

    @Test
    void theEpochOfThisLeadershipEndsAtTheEndOfTheLog() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        world.on(p -> p.become(leader(3)));

        assertThat(endOf(3)).contains(new EpochEnd(3, 3));
        assertThat(endOf(1)).contains(new EpochEnd(1, 3));
        assertThat(endOf(2)).contains(new EpochEnd(1, 3));
        assertThat(endOf(4)).isEmpty();
    }

    private Optional<EpochEnd> endOf(int epoch) {
        return world.ask(p -> p.endOfEpoch(epoch));
    }
}
