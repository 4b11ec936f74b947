package io.tombolo.replication;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.Role.Leader;
import io.tombolo.replication.Role.WriteAccess;
import io.tombolo.replication.leader.Leadership;
import io.tombolo.replication.leader.Peers;
import io.tombolo.replication.quota.CopyLimit;
import io.tombolo.replication.quota.CopyLimit.Terms;
import io.tombolo.replication.quota.ThrottledReplicas;
import io.tombolo.storage.log.LogSettings.Flush;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** What a leader gives to replicas that are copied within a limit. */
class LendingTest {

    private final CopyLimit lending = new CopyLimit();
    private final PartitionWorld world =
            PartitionWorld.open(
                    Flush.BY_THE_OPERATING_SYSTEM,
                    new Peers(
                            id -> Optional.of(new Peers.Standing(100 + id, true)),
                            (_, _, _) -> {},
                            Duration.ofSeconds(10),
                            Duration.ofSeconds(1),
                            lending));

    @Test
    void whoIsNotInSyncWaitsForItsShare() {
        world.on(p -> {
            long now = world.node.clock().nanoTime();
            lending.change(new Terms(1, ThrottledReplicas.of(Map.of("orders", "*"), 1)), now);
            p.become(
                    new Leader(
                            new Leadership(1, 3, 0, BrokerIds.of(1, 2, 3), BrokerIds.of(1, 2)),
                            new WriteAccess.Open()));
        });
        world.produce(Batches.plain(3), 1);
        world.produce(Batches.plain(2), 1);

        assertThat(bytes(read(3, 0))).as("the first answer").isPositive();
        assertThat(bytes(read(3, 3))).as("nothing is paid yet").isZero();
        assertThat(bytes(read(2, 0))).as("in sync").isPositive();
    }

    private static int bytes(FetchOutcome outcome) {
        return switch (outcome) {
            case FetchOutcome.Read(var slice, _) -> {
                slice.parts().forEach(part -> part.release());
                yield slice.bytes();
            }
            case FetchOutcome.Cold _ -> 1;
            case FetchOutcome.Diverging _, FetchOutcome.Closer _, FetchOutcome.Refused _ ->
                    throw new AssertionError(outcome.toString());
        };
    }

    private FetchOutcome read(int replica, long offset) {
        var wish = new ReplicaRead(replica, 100 + replica, offset, offset == 0 ? -1 : 3, 3, 0, 100);
        return world.ask(p -> p.readAsReplica(wish));
    }
}
