package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.QuorumInfo.ReplicaState;
import org.apache.kafka.clients.admin.RaftVoterEndpoint;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.DuplicateVoterException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.VoterNotFoundException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The voters of a region of three, described and changed as {@code kafka-metadata-quorum} does. */
class VotersEndToEnd {

    private static final Set<ApiKeys> BETWEEN_BROKERS =
            EnumSet.of(
                    ApiKeys.VOTE,
                    ApiKeys.BEGIN_QUORUM_EPOCH,
                    ApiKeys.END_QUORUM_EPOCH,
                    ApiKeys.FETCH_SNAPSHOT,
                    ApiKeys.UPDATE_RAFT_VOTER,
                    ApiKeys.BROKER_REGISTRATION,
                    ApiKeys.BROKER_HEARTBEAT,
                    ApiKeys.ALTER_PARTITION,
                    ApiKeys.ALLOCATE_PRODUCER_IDS,
                    ApiKeys.ASSIGN_REPLICAS_TO_DIRS,
                    ApiKeys.ENVELOPE);
    private static final Set<ApiKeys> OF_CLIENTS =
            EnumSet.of(
                    ApiKeys.PRODUCE,
                    ApiKeys.METADATA,
                    ApiKeys.CREATE_TOPICS,
                    ApiKeys.DELETE_TOPICS,
                    ApiKeys.DELETE_RECORDS,
                    ApiKeys.FIND_COORDINATOR,
                    ApiKeys.JOIN_GROUP,
                    ApiKeys.OFFSET_COMMIT,
                    ApiKeys.INIT_PRODUCER_ID,
                    ApiKeys.INCREMENTAL_ALTER_CONFIGS,
                    ApiKeys.DESCRIBE_CLUSTER);

    @TempDir Path folder;

    @Test
    void aVoterIsTakenOutAndPutBackByTheStockAdminClient() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            QuorumInfo quorum = quorum(cluster, 1);
            assertThat(quorum.nodes()).containsOnlyKeys(1, 2, 3);
            assertThat(quorum.nodes().get(3).endpoints())
                    .singleElement()
                    .satisfies(at -> {
                        assertThat(at.host() + ":" + at.port()).isEqualTo(cluster.internal(3));
                        assertThat(at.listener()).isEqualTo("INTERNAL");
                    });
            Uuid directory = directory(quorum, 3);
            assertThat(directory).isNotEqualTo(Uuid.ZERO_UUID);

            remove(cluster, 2, 3, directory);

            Patience.until(() -> {
                QuorumInfo now = quorum(cluster, 2);
                assertThat(ids(now)).containsExactlyInAnyOrder(1, 2);
                assertThat(now.observers())
                        .singleElement()
                        .satisfies(observer -> {
                            assertThat(observer.replicaId()).isEqualTo(3);
                            assertThat(observer.replicaDirectoryId()).isEqualTo(directory);
                            assertThat(observer.lastFetchTimestamp()).isPresent();
                            assertThat(observer.lastCaughtUpTimestamp()).isPresent();
                        });
            });
            assertThatThrownBy(() -> remove(cluster, 1, 3, directory))
                    .isInstanceOf(VoterNotFoundException.class);
            add(cluster, 3, 3, directory);
            assertThat(ids(quorum(cluster, 1))).containsExactlyInAnyOrder(1, 2, 3);
            assertThatThrownBy(() -> add(cluster, 1, 3, directory))
                    .isInstanceOf(DuplicateVoterException.class)
                    .hasMessageContaining("Node 3 is one of the voters");
        }
    }

    @Test
    void kafkasOwnToolDescribesAndChangesTheQuorum() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            QuorumInfo quorum = quorum(cluster, 1);
            Uuid directory = directory(quorum, 3);

            assertThat(tool(cluster, "describe", "--status"))
                    .containsPattern("LeaderId: +" + quorum.leaderId())
                    .containsPattern("CurrentVoters: .*" + directory);
            assertThat(tool(cluster, "describe", "--replication"))
                    .containsPattern("(?m)^3\\s+" + directory + "\\s")
                    .containsOnlyOnce("Leader");
            tool(
                    cluster,
                    "remove-controller",
                    "--controller-id",
                    "3",
                    "--controller-directory-id",
                    directory.toString());
            Patience.until(
                    () -> assertThat(ids(quorum(cluster, 1))).containsExactlyInAnyOrder(1, 2));

            Path properties = folder.resolve("controller.properties");
            Files.writeString(properties, asKafkaHasIt(cluster, 3));
            assertThat(tool(cluster, "--command-config", properties.toString(), "add-controller"))
                    .contains(directory.toString());
            assertThat(ids(quorum(cluster, 1))).containsExactlyInAnyOrder(1, 2, 3);
        }
    }

    /**
     * What the tool reads of the node that is to vote: who it is, where it listens, and where its
     * metadata log is, beside which is written under which id it votes.
     */
    private String asKafkaHasIt(Cluster cluster, int node) {
        Path log = cluster.data(node).resolve("metadata/__cluster_metadata-0");
        return """
        process.roles=controller
        node.id=%d
        controller.listener.names=INTERNAL
        listener.security.protocol.map=INTERNAL:PLAINTEXT
        listeners=INTERNAL://%s
        controller.quorum.bootstrap.servers=%s
        metadata.log.dir=%s
        """
                .formatted(node, cluster.internal(node), cluster.internal(1), log);
    }

    private static String tool(Cluster cluster, String... arguments) throws Exception {
        var all = new ArrayList<String>();
        all.addAll(List.of("--bootstrap-server", cluster.clients(1).bootstrap()));
        all.addAll(List.of(arguments));
        return KafkaTool.run(
                "org.apache.kafka.tools.MetadataQuorumCommand", all.toArray(String[]::new));
    }

    @Test
    void aRemovalThatMightEndTheQuorumIsRefusedAndALostDiskIsReplaced() throws Exception {
        String apart = folder.resolve("fast/{n}").toString();
        try (var cluster = new Cluster(folder).with("metadata.log.dir", apart)) {
            cluster.start(_ -> true);
            cluster.clients(1).create("orders", 1);
            QuorumInfo quorum = quorum(cluster, 1);
            cluster.stop(3);

            assertThatThrownBy(() -> remove(cluster, 1, 2, directory(quorum, 2)))
                    .isInstanceOf(InvalidRequestException.class)
                    .hasMessageContaining("no majority would be left");
            delete(cluster.settings(3).dataDirectories().getFirst());
            delete(cluster.settings(3).metadataDirectory());
            cluster.start(3);
            awaitAnotherVoter(cluster, 3, directory(quorum, 3));
            cluster.stop(2);
            delete(cluster.settings(2).metadataDirectory());
            cluster.start(2);
            awaitAnotherVoter(cluster, 2, directory(quorum, 2));
            Patience.until(() -> assertThat(quorum(cluster, 1).observers()).isEmpty());
            assertThat(tool(cluster, "describe", "--replication"))
                    .containsOnlyOnce("Leader")
                    .doesNotContain("Observer");
        }
    }

    private static void awaitAnotherVoter(Cluster cluster, int node, Uuid before) {
        Patience.until(() -> {
            QuorumInfo now = quorum(cluster, 1);
            assertThat(now.voters())
                    .extracting(ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(directory(now, node)).isNotEqualTo(before);
        });
        assertThat(cluster.clients(node).topics()).contains("orders");
    }

    @Test
    void eachListenerAnswersItsOwnApisOnly() throws Exception {
        try (var cluster = new Cluster(folder)) {
            cluster.start(_ -> true);
            int clients = port(cluster.clients(1).bootstrap());
            int brokers = port(cluster.internal(1));

            for (ApiKeys api : ApiKeys.values()) {
                if (BETWEEN_BROKERS.contains(api)) {
                    closesOn(clients, api);
                }
                if (OF_CLIENTS.contains(api)) {
                    closesOn(brokers, api);
                }
            }
        }
    }

    private static void closesOn(int port, ApiKeys api) {
        var request = ApiMessageType.fromApiKey(api.id).newRequest();
        try (var client = new WireClient(port)) {
            assertThatThrownBy(() -> client.call(request, api.latestVersion(false)))
                    .as(api.name())
                    .isInstanceOf(UncheckedIOException.class)
                    .cause()
                    .isNotInstanceOf(SocketTimeoutException.class);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.indexOf(':') + 1));
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (Path each : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    private static void add(Cluster cluster, int asked, int node, Uuid directory) {
        String[] at = cluster.internal(node).split(":");
        var endpoint = new RaftVoterEndpoint("INTERNAL", at[0], Integer.parseInt(at[1]));
        cluster.clients(asked)
                .admin(admin -> admin.addRaftVoter(node, directory, Set.of(endpoint)).all());
    }

    private static void remove(Cluster cluster, int asked, int node, Uuid directory) {
        cluster.clients(asked).admin(admin -> admin.removeRaftVoter(node, directory).all());
    }

    private static QuorumInfo quorum(Cluster cluster, int asked) {
        return cluster.clients(asked).admin(admin -> admin.describeMetadataQuorum().quorumInfo());
    }

    private static Set<Integer> ids(QuorumInfo quorum) {
        return quorum.voters().stream().map(ReplicaState::replicaId).collect(Collectors.toSet());
    }

    private static Uuid directory(QuorumInfo quorum, int node) {
        return voter(quorum, node).replicaDirectoryId();
    }

    private static ReplicaState voter(QuorumInfo quorum, int node) {
        return quorum.voters().stream()
                .filter(each -> each.replicaId() == node)
                .findFirst()
                .orElseThrow();
    }
}
