package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.replication.leader.Peers.Standing;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.LogSettings.Flush;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntPredicate;

/** What a leader does whose followers are brokers 2 and 3, by example. */
class LeaderPartitionTest {

    private static final BrokerIds ALL = BrokerIds.of(1, 2, 3);
    private static final long TIMEOUT_NANOS = Duration.ofSeconds(5).toNanos();

    private final Map<Integer, Standing> standings =
            new HashMap<>(
                    Map.of(
                            1, new Standing(101, true),
                            2, new Standing(102, true),
                            3, new Standing(103, true)));
    private final PartitionWorld world =
            PartitionWorld.open(
                    Flush.BY_THE_OPERATING_SYSTEM,
                    new Peers(
                            id -> Optional.ofNullable(standings.get(id)),
                            (_, _, _) -> {},
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(1)));

    private record Deleted(Errors error, long lowWatermark) {}

    private void leads(int epoch) {
        var leadership = new Leadership(1, epoch, 0, ALL, ALL);
        world.on(p -> p.become(new Leader(leadership, new WriteAccess.Open())));
    }

    private FetchOutcome fetched(int broker, long offset, long startOffset) {
        return world.ask(p -> p.readAsReplica(wish(broker, offset, startOffset)));
    }

    private static ReplicaRead wish(int broker, long offset, long startOffset) {
        int last = offset == 0 ? -1 : 4;
        return new ReplicaRead(broker, 100 + broker, offset, last, 4, startOffset, 1 << 20);
    }

    /** A follower of epoch 5 that has what was written before it. */
    private void has(int broker, long offset) {
        world.ask(p ->
                p.readAsReplica(new ReplicaRead(broker, 100 + broker, offset, 4, 5, 0, 1 << 20)));
    }

    private List<Deleted> delete(long before) {
        var answers = new ArrayList<Deleted>();
        world.on(p ->
                p.deleteRecords(
                        before,
                        TIMEOUT_NANOS,
                        (error, low) -> answers.add(new Deleted(error, low))));
        return answers;
    }

    /** Three records that all replicas have. */
    private void committed() {
        leads(4);
        world.produce(Batches.plain(3), 1);
        fetched(2, 3, 0);
        fetched(3, 3, 0);
        assertThat(world.partition().highWatermark()).isEqualTo(3);
    }

    @Test
    void aProduceIsAnsweredByTheFetchOfTheLastInSyncFollower() {
        leads(4);
        var answers = world.produce(Batches.plain(3), -1);

        fetched(2, 3, 0);
        assertThat(answers).isEmpty();
        fetched(3, 3, 0);

        assertThat(answers).extracting(ProduceOutcome::error).containsExactly(Errors.NONE);
    }

    @Test
    void whatAnEarlierLeaderAppendedIsADuplicateAsSoonAsItIsCommitted() {
        leads(4);
        for (int sequence = 0; sequence < 7; sequence++) {
            world.produce(Batches.idempotent(9, sequence, 1), -1);
        }
        leads(5);
        for (int sequence = 7; sequence < 14; sequence++) {
            world.produce(Batches.idempotent(9, sequence, 1), -1);
        }

        var answers = world.produce(Batches.idempotent(9, 0, 1), -1);
        has(2, 7);
        assertThat(answers).isEmpty();
        has(3, 7);

        assertThat(answers)
                .extracting(ProduceOutcome::error)
                .containsExactly(Errors.DUPLICATE_SEQUENCE_NUMBER);
        assertThat(world.partition().log().endOffset()).isEqualTo(14);
    }

    @Test
    void aFetchThatWaitsSaysNothingOfAFollowerThatLeftTheIsrMeanwhile() {
        committed();
        var dropped = new Leadership(1, 4, 1, ALL, BrokerIds.of(1, 2));
        world.on(p -> p.become(new Leader(dropped, new WriteAccess.Open())));
        var answers = world.produce(Batches.plain(3), -1);

        world.ask(p -> p.readAgainAsReplica(wish(3, 3, 0)));
        fetched(2, 6, 0);

        assertThat(answers).extracting(ProduceOutcome::error).containsExactly(Errors.NONE);
    }

    @Test
    void aLeaderInDoubtSendsAwayWhoHasWaitedSinceTheLastTime() {
        leads(4);
        var first = world.produce(Batches.plain(3), -1);

        world.on(Partition::doubtLeadership);
        var second = world.produce(Batches.plain(3), -1);
        assertThat(first).isEmpty();
        world.on(Partition::doubtLeadership);

        assertThat(first)
                .extracting(ProduceOutcome::error)
                .containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(first).extracting(ProduceOutcome::inDoubt).containsExactly(true);
        assertThat(second).isEmpty();
        assertThat(world.produce(Batches.plain(3), -1))
                .containsExactlyElementsOf(first)
                .extracting(ProduceOutcome::error)
                .containsExactly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(world.partition().log().endOffset()).isEqualTo(6);
        fetched(2, 6, 0);
        fetched(3, 6, 0);
        assertThat(second).extracting(ProduceOutcome::error).containsExactly(Errors.NONE);
        assertThat(world.produce(Batches.plain(3), -1)).isEmpty();
    }

    @Test
    void aDeletionIsDoneWhenTheLastActiveReplicaHasDeleted() {
        committed();

        var answers = delete(2);
        fetched(2, 3, 2);
        assertThat(answers).isEmpty();
        fetched(3, 3, 2);

        assertThat(answers).containsExactly(new Deleted(Errors.NONE, 2));
    }

    @Test
    void aFencedReplicaHoldsNoDeletionUp() {
        committed();
        standings.put(3, new Standing(103, false));

        var answers = delete(2);
        fetched(2, 3, 2);

        assertThat(answers).containsExactly(new Deleted(Errors.NONE, 2));
    }

    @Test
    void aDeletionThatAReplicaDoesNotCarryOutTimesOutWithWhatIsTrue() {
        committed();

        var answers = delete(2);
        fetched(2, 3, 2);
        fetched(3, 3, 1);
        world.simulator.runFor(Duration.ofSeconds(6));

        assertThat(answers).containsExactly(new Deleted(Errors.REQUEST_TIMED_OUT, 1));
        assertThat(world.partition().log().startOffset()).isEqualTo(2);
    }

    @Test
    void aDeletionThatWaitsHearsOfTheEndOfTheLeadership() {
        committed();
        var answers = delete(2);

        world.on(p -> p.become(new Role.Follower(5, 2)));

        assertThat(answers).containsExactly(new Deleted(Errors.NOT_LEADER_OR_FOLLOWER, -1));
    }

    @Test
    void aNewLeaderLagsUntilItsFollowersHaveWhatItBeganWith() {
        leads(4);
        world.produce(Batches.plain(3), 1);

        leads(5);
        assertThat(world.partition().beginning().orElseThrow().after(0)).isTrue();
        assertThat(world.partition().beginning().orElseThrow().after(3)).isFalse();
    }

    private FetchOutcome consumes(long offset, IntPredicate close) {
        var wish = new FetchRead(offset, 4, -1, 1 << 20, Isolation.READ_UNCOMMITTED);
        return world.ask(p -> p.readFromAnyReplica(wish, close));
    }

    @Test
    void aReaderIsSentToAReplicaInSyncInItsRackThatHasWhatItWants() {
        committed();
        world.produce(Batches.plain(1), 1);
        fetched(3, 4, 0);

        assertThat(consumes(1, id -> id != 1))
                .isInstanceOfSatisfying(
                        FetchOutcome.Closer.class,
                        closer -> assertThat(closer.brokerId()).as("the furthest").isEqualTo(3));
        assertThat(consumes(1, id -> id == 2)).isInstanceOf(FetchOutcome.Closer.class);
        assertThat(consumes(4, id -> id == 2)).isInstanceOf(FetchOutcome.Read.class);
        assertThat(consumes(1, id -> id < 3))
                .as("the leader")
                .isInstanceOf(FetchOutcome.Read.class);
        standings.put(2, new Standing(102, false));
        assertThat(consumes(1, id -> id == 2)).isInstanceOf(FetchOutcome.Read.class);
    }
}
