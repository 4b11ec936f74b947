package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.leader;
import static io.tombolo.replication.PartitionWorld.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Latency;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** When a produce is acknowledged, and when it is refused. */
class PartitionProduceTest extends OnePartition {

    @Test
    void everyKindOfAcknowledgementComesAtOnceWhenThePageCacheIsTrusted() {
        world.on(p -> p.become(leader(1)));

        for (int acks : List.of(0, 1, -1)) {
            assertThat(errors(world.produce(Batches.plain(1), acks))).containsExactly(Errors.NONE);
        }

        assertThat(world.partition().highWatermark()).isEqualTo(3);
    }

    @Test
    void aDurableTopicAcknowledgesWhenTheDiskHasIt() {
        for (Flush flush : List.of(Flush.GROUP_COMMIT, new Flush(1, Optional.empty(), false))) {
            PartitionWorld durable = PartitionWorld.open(flush);
            durable.on(p -> p.become(leader(1)));

            var all = durable.produce(Batches.plain(1), -1);
            var one = durable.produce(Batches.plain(1), 1);
            var none = durable.produce(Batches.plain(1), 0);

            assertThat(all).isEmpty();
            assertThat(one).isEmpty();
            assertThat(errors(none)).containsExactly(Errors.NONE);
            assertThat(durable.partition().highWatermark()).isZero();
            durable.settle();
            assertThat(errors(all)).containsExactly(Errors.NONE);
            assertThat(errors(one)).containsExactly(Errors.NONE);
            assertThat(durable.partition().highWatermark()).isEqualTo(3);
            assertThat(durable.partition().log().durableOffset()).isEqualTo(3);
        }
    }

    @Test
    void aTopicThatIsDurableNoMoreAnswersWhoWaitsForTheDisk() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var answers = durable.produce(Batches.plain(1), -1);

        durable.on(p -> {
            p.log().changeSettings(LogSettings.STANDARD);
            p.changeSettings(PartitionSettings.STANDARD);
        });

        assertThat(errors(answers)).containsExactly(Errors.NONE);
    }

    @Test
    void aProduceThatIsNotAcknowledgedInTimeSaysSoOnce() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        durable.node.offloadLatency(Latency.between(Duration.ofSeconds(8), Duration.ofSeconds(9)));

        var answers = durable.produce(Batches.plain(1), -1);
        durable.await(() -> !answers.isEmpty());

        assertThat(errors(answers)).containsExactly(Errors.REQUEST_TIMED_OUT);
        durable.simulator.runFor(Duration.ofSeconds(10));
        assertThat(answers).hasSize(1);
        assertThat(durable.partition().highWatermark()).isEqualTo(1);
    }

    @Test
    void aDuplicateGetsTheAnswerOfTheOriginal() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.plain(3), -1);
        var first = world.produce(Batches.idempotent(9, 0, 2), -1);
        world.produce(Batches.plain(1), -1);

        var again = world.produce(Batches.idempotent(9, 0, 2), -1);

        assertThat(again.getFirst().error()).isEqualTo(Errors.NONE);
        assertThat(again.getFirst().baseOffset()).isEqualTo(first.getFirst().baseOffset());
        assertThat(world.partition().log().endOffset()).isEqualTo(6);
    }

    @Test
    void aDuplicateWaitsNoLongerThanItsOriginal() {
        PartitionWorld durable = PartitionWorld.open(Flush.GROUP_COMMIT);
        durable.on(p -> p.become(leader(1)));
        var order = new ArrayList<String>();

        durable.on(p -> {
            p.produce(request(Batches.idempotent(9, 0, 1), -1), _ -> order.add("original"));
            p.produce(request(Batches.plain(1), -1), _ -> order.add("later"));
            p.produce(request(Batches.idempotent(9, 0, 1), -1), _ -> order.add("duplicate"));
        });
        durable.settle();

        assertThat(order).containsExactly("original", "duplicate", "later");
    }

    @Test
    void aGapInTheSequencesIsRefused() {
        world.on(p -> p.become(leader(1)));
        world.produce(Batches.idempotent(9, 0, 2), -1);

        var answers = world.produce(Batches.idempotent(9, 5, 1), -1);

        assertThat(errors(answers)).containsExactly(Errors.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(world.partition().log().endOffset()).isEqualTo(2);
    }

    @Test
    void acksAllNeedsEnoughReplicasInSync() {
        var strict =
                new PartitionSettings(
                        2,
                        1 << 20,
                        false,
                        Long.MAX_VALUE,
                        Long.MAX_VALUE,
                        false,
                        Optional.empty(),
                        1 << 20);
        world.on(p -> {
            p.changeSettings(strict);
            p.become(
                    new Leader(
                            new Leadership(1, 1, 0, BrokerIds.of(1, 2, 3), BrokerIds.of(1)),
                            new WriteAccess.Open()));
        });

        assertThat(errors(world.produce(Batches.plain(1), -1)))
                .containsExactly(Errors.NOT_ENOUGH_REPLICAS);
        assertThat(errors(world.produce(Batches.plain(1), 1))).containsExactly(Errors.NONE);
        assertThat(world.partition().log().endOffset()).isEqualTo(1);

        world.on(p -> p.become(leader(2)));
        assertThat(errors(world.produce(Batches.plain(1), -1)))
                .as("more than there are replicas is never asked for")
                .containsExactly(Errors.NONE);
    }

    @Test
    void aTransactionalBatchIsRefusedWithoutATransactionalId() {
        world.on(p -> p.become(leader(1)));

        assertThat(errors(world.produce(Batches.transactional(7), -1)))
                .containsExactly(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void bytesThatAreNoBatchAreRefusedAndNothingIsAppended() {
        world.on(p -> p.become(leader(1)));
        ByteBuffer broken = Batches.flipped(Batches.plain(2));

        assertThat(errors(world.produce(broken, -1))).containsExactly(Errors.CORRUPT_MESSAGE);
        Errors own = world.ask(p -> p.appendOwn(broken));
        assertThat(own).isEqualTo(Errors.CORRUPT_MESSAGE);
        assertThat(world.partition().log().endOffset()).isZero();
    }
}
