package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.operation.FaultyDisk.Operation;

import org.apache.kafka.common.Node;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.util.concurrent.FutureTask;

/** One disk of three fails, and the others go on. */
class ReplicatedDiskEndToEnd {

    @TempDir Path folder;

    @Test
    void aFollowerWhoseDiskFailsLeavesTheReplicasInSync() {
        try (var cluster = new Cluster(folder).with("replica.lag.time.max.ms", "2000")) {
            cluster.start(_ -> true);
            cluster.clients(1).replicate("orders", 1);
            cluster.everybody().produce("orders", 0, "a");
            int leader = leader(cluster, 1);
            int follower = leader % 3 + 1;

            cluster.disk(follower).breakDown(Operation.APPEND, "orders-0");

            cluster.everybody().produce("orders", 0, "b", "c");
            Patience.until(() ->
                    assertThat(cluster.clients(leader).partition("orders", 0).isr())
                            .extracting(Node::id)
                            .hasSize(2)
                            .doesNotContain(follower));
            assertThat(cluster.everybody().read("orders", 0, 3)).containsExactly("a", "b", "c");
        }
    }

    @Test
    void aControllerThatCannotWriteEndsAndIsReplaced() {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            int controller = controller(cluster, 1);
            int witness = controller % 3 + 1;

            cluster.disk(controller).breakDown(Operation.APPEND, "__cluster_metadata-0");

            assertThat(create(cluster, controller)).contains("metadata log failed");
            cluster.stop(controller);
            cluster.clients(witness).create("orders", 1);
            assertThat(controller(cluster, witness)).isNotEqualTo(controller);
            assertThat(cluster.clients(witness).topics()).contains("orders");
        }
    }

    /** Asks for a topic that the controller cannot write down; returns why its broker ends. */
    private static String create(Cluster cluster, int controller) {
        Thread.startVirtualThread(() -> {
            try {
                cluster.clients(controller).create("unwritten", 1);
            } catch (RuntimeException expected) {
                // nobody answers, or the next controller does
            }
        });
        var failure = new FutureTask<>(() -> cluster.server(controller).awaitFailure());
        Thread.startVirtualThread(failure);
        return Clients.await(failure);
    }

    private static int controller(Cluster cluster, int asked) {
        return cluster.clients(asked)
                .admin(admin -> admin.describeMetadataQuorum().quorumInfo())
                .leaderId();
    }

    private static int leader(Cluster cluster, int asked) {
        Node leader = cluster.clients(asked).partition("orders", 0).leader();
        return leader == null ? -1 : leader.id();
    }
}
