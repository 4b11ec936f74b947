package io.tombolo.replication;

import static io.tombolo.replication.PartitionWorld.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Latency;
import io.tombolo.region.lease.Lease;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A leader that may write for as long as the sites allow it. */
class LeasedPartitionTest {

    private static final Lease.Terms TERMS = Lease.Terms.STANDARD;

    private final PartitionWorld world = PartitionWorld.open(Flush.GROUP_COMMIT);
    private final Lease lease = new Lease(TERMS);

    @Test
    void withoutALeaseNothingIsTaken() {
        become(0);

        assertThat(errors(world.produce(Batches.plain(1), 1)))
                .containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);

        assertThat(world.partition().log().endOffset()).isZero();
    }

    @Test
    void withALeaseOfItsEpochItWritesUntilThatEnds() {
        become(4);
        give(4);
        var answers = world.produce(Batches.plain(1), -1);
        world.settle();
        assertThat(errors(answers)).containsExactly(Errors.NONE);

        world.simulator.runFor(Duration.ofNanos(TERMS.holderNanos()));

        assertThat(errors(world.produce(Batches.plain(1), -1)))
                .containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(world.partition().log().endOffset()).isEqualTo(1);
    }

    @Test
    void aLeaseOfAnotherEpochIsNone() {
        become(4);
        give(3);

        assertThat(errors(world.produce(Batches.plain(1), 1)))
                .containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @Test
    void whatWasTakenUnderALeaseIsNotAcknowledgedAfterIt() {
        become(0);
        give(0);
        world.node.offloadLatency(Latency.between(Duration.ofSeconds(12), Duration.ofSeconds(13)));
        var answers = new ArrayList<ProduceOutcome>();

        world.on(p ->
                p.produce(
                        new Produce(
                                request(Batches.plain(1), -1).batches(),
                                (short) -1,
                                Duration.ofMinutes(1).toNanos(),
                                (short) 11),
                        answers::add));
        world.await(() -> !answers.isEmpty());

        assertThat(errors(answers)).containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(world.partition().highWatermark()).isEqualTo(1);
    }

    private void become(long epoch) {
        world.on(p ->
                p.become(
                        new Leader(
                                Leadership.alone(1, 1),
                                new WriteAccess.Leased(List.of(new Lease.Hold(lease, epoch))))));
    }

    private void give(long epoch) {
        lease.given(epoch, world.node.clock().nanoTime());
    }

    private static List<Errors> errors(List<ProduceOutcome> outcomes) {
        return outcomes.stream().map(ProduceOutcome::error).toList();
    }
}
