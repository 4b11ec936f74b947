package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.ExtendWith;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Contracts 80 and 102 to 105, and those of 18, 21, 28, 29, 35, 36, 73 and 84 that need several
 * brokers: leaders, epochs, replicas in sync and the quorum, each asked of three nodes.
 */
@ExtendWith(Trios.class)
class LeadershipContractEndToEnd {

    private static final Map<Trio, Failover> SEEN = new HashMap<>();

    @BeforeAll
    static void playFailovers(Trios.Running running) {
        running.trios().forEach(trio -> SEEN.put(trio, Failover.play(trio)));
    }

    /** Nobody else asks them; six idle brokers would only slow down the tests that follow. */
    @AfterAll
    static void stop(Trios.Running running) {
        running.close();
    }

    private static Failover seen(Trio trio) {
        return SEEN.get(trio);
    }

    @TrioTest
    @DisplayName(
            "28: of several nodes, too: an election that is not needed is refused per partition;"
                    + " null means all others")
    void preferredLeadersAreElected(Trio trio) {
        Topic topic = trio.newTopic(List.of(1, 2, 3), Map.of());
        try (var client = trio.connect(2)) {
            ElectLeadersResponseData needless = client.call(ElectionCalls.elect(topic), 2);
            assertThat(Errors.forCode(needless.errorCode())).isEqualTo(Errors.NONE);
            assertThat(ElectionCalls.errorOf(needless)).isEqualTo(Errors.ELECTION_NOT_NEEDED);

            ElectionCalls.reassign(client, topic, List.of(2, 1, 3));
            trio.await(
                    "node 2 is preferred",
                    () -> trio.partition(2, topic).replicaNodes().equals(List.of(2, 1, 3)));
            // A controller may have given the leadership back by itself already.
            ElectLeadersResponseData all = client.call(ElectionCalls.elect(null), 2);

            assertThat(Errors.forCode(all.errorCode())).isEqualTo(Errors.NONE);
            assertThat(all.replicaElectionResults())
                    .filteredOn(result -> result.topic().equals(topic.name()))
                    .flatExtracting(result -> result.partitionResult())
                    .allSatisfy(partition -> assertThat(partition.errorCode()).isZero());
            trio.awaitLeader(2, topic, Set.of(2));
            ElectLeadersResponseData none = client.call(ElectionCalls.elect(null), 2);
            assertThat(Errors.forCode(none.errorCode())).isEqualTo(Errors.NONE);
            assertThat(none.replicaElectionResults())
                    .allSatisfy(result -> assertThat(result.partitionResult()).isEmpty());
        }
    }

    @TrioTest
    @DisplayName("29: a reassignment moves the replica, and is listed no longer when it is done")
    void reassignmentsMoveReplicas(Trio trio) {
        Topic topic = trio.newTopic(List.of(1, 2), Map.of());
        try (var client = trio.connect(1)) {
            ProduceCalls.append(client, topic, "a", "b");

            ElectionCalls.reassign(client, topic, List.of(3, 2));

            trio.await(
                    "the partition has moved",
                    () -> {
                        var partition = trio.partition(2, topic);
                        return partition.replicaNodes().equals(List.of(3, 2))
                                && Set.copyOf(partition.isrNodes()).equals(Set.of(2, 3))
                                && partition.leaderId() != 1;
                    });
            trio.await(
                    "no move is listed",
                    () -> {
                        var all = new ListPartitionReassignmentsRequestData().setTopics(null);
                        ListPartitionReassignmentsResponseData running = client.call(all, 0);
                        return running.topics().isEmpty();
                    });
            int leader = trio.partition(2, topic).leaderId();
            trio.awaitLeader(leader, topic, Set.of(leader));
            try (var there = trio.connect(leader)) {
                trio.await("the new leader serves", () -> FetchCalls.endOffset(there, topic) == 2);
                assertThat(FetchCalls.values(there, topic, 0, 0)).containsExactly("a", "b");
            }
        }
    }

    @TrioTest
    @DisplayName("AlterReplicaLogDirs has nothing to move on a node without a replica")
    void replicasElsewhereAreNotMoved(Trio trio) {
        Topic topic = trio.newTopic(List.of(1, 2), Map.of());
        try (var client = trio.connect(3)) {
            String folder = LogDirCalls.describe(client, topic).results().getFirst().logDir();

            assertThat(LogDirCalls.alter(client, topic, folder))
                    .isEqualTo(Errors.REPLICA_NOT_AVAILABLE);
            assertThat(LogDirCalls.alter(client, topic, "/nowhere"))
                    .isEqualTo(Errors.LOG_DIR_NOT_FOUND);
        }
    }

    @TrioTest
    @DisplayName("DescribeProducers is answered by followers, too, as tools ask each broker")
    void followersDescribeTheirProducers(Trio trio) throws Exception {
        Topic topic = trio.newTopic(List.of(1, 2), Map.of());
        try (var follower = trio.connect(2);
                var stranger = trio.connect(3);
                var producer = teller(trio)) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>(topic.name(), new byte[1])).get(60, SECONDS);

            trio.await(
                    "the follower has an open transaction",
                    () -> openSince(follower, topic).equals(List.of(0L)));
            assertThat(producers(stranger, topic).errorCode())
                    .isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER.code());

            producer.abortTransaction();
            trio.await(
                    "it is not open any more",
                    () -> openSince(follower, topic).equals(List.of(-1L)));
        }
    }

    private static KafkaProducer<byte[], byte[]> teller(Trio trio) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", trio.nodes().bootstrap(), "transactional.id", "teller");
        return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private static List<Long> openSince(RawClient client, Topic topic) {
        return producers(client, topic).activeProducers().stream()
                .map(ProducerState::currentTxnStartOffset)
                .toList();
    }

    private static PartitionResponse producers(RawClient client, Topic topic) {
        return IdempotenceContractEndToEnd.describeProducers(client, topic)
                .topics()
                .getFirst()
                .partitions()
                .getFirst();
    }

    @TrioTest
    @DisplayName("35: below the minimum in sync nothing is written")
    void tooFewReplicasInSync(Trio trio) {
        assertThat(seen(trio).belowMinimum).isEqualTo(Errors.NOT_ENOUGH_REPLICAS);
        // One record from before, and one that was acknowledged by its leader alone.
        assertThat(seen(trio).endOfStrictInTheEnd).isEqualTo(2);
    }

    @TrioTest
    @DisplayName("36, 21: who does not lead names the leader and where the client finds it")
    void leaderHints(Trio trio) {
        Failover seen = seen(trio);
        ProduceResponseData answer = seen.elsewhere;
        var partition = answer.responses().iterator().next().partitionResponses().getFirst();

        assertThat(Errors.forCode(partition.errorCode())).isEqualTo(Errors.NOT_LEADER_OR_FOLLOWER);
        // Versions before 10 have no room for a hint and get the error all the same.
        assertThat(seen.elsewhereByVersion).hasSize(10);
        assertThat(seen.elsewhereByVersion.values()).containsOnly(Errors.NOT_LEADER_OR_FOLLOWER);
        assertThat(partition.currentLeader().leaderId()).isEqualTo(seen.successor);
        assertThat(partition.currentLeader().leaderEpoch()).isEqualTo(seen.epochAfter);
        assertThat(answer.nodeEndpoints())
                .singleElement()
                .satisfies(node -> {
                    assertThat(node.nodeId()).isEqualTo(seen.successor);
                    assertThat(node.host()).isEqualTo(trio.nodes().host(seen.successor));
                    assertThat(node.port()).isEqualTo(trio.nodes().port());
                });
    }

    @TrioTest
    @DisplayName("18, 73: a new leader has a higher epoch, and fences who knows the old one only")
    void leaderEpochsRise(Trio trio) {
        Failover seen = seen(trio);

        assertThat(seen.epochAfter).isGreaterThan(seen.epochBefore);
        assertThat(Errors.forCode(seen.withOldEpoch.errorCode()))
                .isEqualTo(Errors.FENCED_LEADER_EPOCH);
    }

    @TrioTest
    @DisplayName("80: who reads from another rack is sent to the replica there, which serves it")
    void contract080ReadersAreSentToTheirRack(Trio trio) {
        Topic topic = trio.newTopic(List.of(1, 2, 3), Map.of());
        try (var leader = trio.connect(1);
                var near = trio.connect(2)) {
            ProduceCalls.append(leader, topic, "a");

            trio.await(
                    "a reader in rack b is sent to node 2",
                    () -> readFrom(leader, topic, "b").preferredReadReplica() == 2);

            var sentAway = readFrom(leader, topic, "b");
            assertThat(FetchCalls.batches(sentAway)).isEmpty();
            var atHome = readFrom(leader, topic, "a");
            assertThat(atHome.preferredReadReplica()).isEqualTo(-1);
            assertThat(FetchCalls.batches(atHome)).hasSize(1);
            trio.await(
                    "node 2 serves it",
                    () -> FetchCalls.batches(readFrom(near, topic, "b")).size() == 1);
        }
    }

    private static FetchResponseData.PartitionData readFrom(
            RawClient client, Topic topic, String rack) {
        var request = FetchCalls.fetch(FetchCalls.of(topic, FetchCalls.from(0, 0))).setRackId(rack);
        return FetchCalls.only(client.call(request, FetchCalls.BY_ID));
    }

    @TrioTest
    @DisplayName("102: below the minimum in sync the high watermark waits, for acks=1 too")
    void contract102TheHighWatermarkWaits(Trio trio) {
        Failover seen = seen(trio);

        assertThat(seen.strictWithoutOne.eligibleLeaderReplicas()).containsExactly(1);
        assertThat(seen.endBelowMinimumAfterOneMore).isEqualTo(seen.endBelowMinimum).isLessThan(2);
        assertThat(seen.endOfStrictInTheEnd).isEqualTo(2);
    }

    @TrioTest
    @DisplayName("103: a replica that was killed does not lead before it has caught up")
    void contract103StaleReplicasDoNotLead(Trio trio) {
        Failover seen = seen(trio);

        assertThat(seen.narrowWithoutOne.leaderId()).isEqualTo(2);
        assertThat(seen.narrowWithoutOne.eligibleLeaderReplicas()).containsExactly(1);
        // It is the only replica that is there.
        assertThat(seen.narrowWithOneOnly.leaderId()).isEqualTo(-1);
        assertThat(seen.narrowWithOneOnly.eligibleLeaderReplicas()).doesNotContain(1);
        // Who has everything leads, or has led and has already given back what it led.
        assertThat(seen.narrowInTheEnd.leaderId()).isIn(1, 2);
        assertThat(seen.narrowInTheEnd.isrNodes()).contains(2);
    }

    @TrioTest
    @DisplayName("104: what only the old leader had is cut off where the new epoch begins")
    void contract104TruncationFollowsEpochs(Trio trio) {
        Failover seen = seen(trio);

        assertThat(seen.onNodeOneInTheEnd).startsWith("a").endsWith("y");
        assertThat(seen.onNodeOneInTheEnd.size()).isLessThan(5);
        assertThat(seen.endOfOldEpoch.leaderEpoch()).isEqualTo(seen.epochBefore);
        assertThat(seen.endOfOldEpoch.endOffset()).isEqualTo(seen.onNodeOneInTheEnd.size() - 1);
    }

    @TrioTest
    @DisplayName(
            "105: who stops gives its leaderships away; who comes back is told of only when ready")
    void contract105OrderlyStopsAndReturns(Trio trio) {
        Failover seen = seen(trio);

        assertThat(seen.afterShutdown.leaderId()).isIn(1, 2);
        assertThat(seen.afterShutdown.isrNodes()).doesNotContain(3);
        assertThat(seen.membersAfterShutdown).containsExactly(1, 2);
        assertThat(seen.askedOnReturn).isIn(Errors.NONE, Errors.NOT_LEADER_OR_FOLLOWER);
    }

    @TrioTest
    @DisplayName("DescribeQuorum shows three voters, one of which leads")
    void quorumOfThree(Trio trio) {
        var partition = new PartitionData().setPartitionIndex(0);
        var metadata =
                new TopicData()
                        .setTopicName("__cluster_metadata")
                        .setPartitions(List.of(partition));
        try (var client = trio.connect(1)) {
            DescribeQuorumResponseData answer =
                    client.call(new DescribeQuorumRequestData().setTopics(List.of(metadata)), 2);

            var described = answer.topics().getFirst().partitions().getFirst();
            assertThat(described.leaderId()).isBetween(1, 3);
            assertThat(described.currentVoters())
                    .extracting(ReplicaState::replicaId)
                    .containsExactlyInAnyOrder(1, 2, 3);
            assertThat(described.observers()).isEmpty();
        }
    }

    @TrioTest
    @DisplayName("Where delete.topic.enable is off no version deletes, and nothing is looked up")
    void topicsAreNotDeletedWhereThatIsOff(Trio trio) {
        Topic topic = trio.newTopic(List.of(1, 2), Map.of());
        for (int node : List.of(1, 2, 3)) {
            try (var client = trio.connect(node)) {
                var byName =
                        new DeleteTopicsRequestData()
                                .setTimeoutMs(30_000)
                                .setTopicNames(List.of(topic.name(), "nowhere"));
                assertThat(deletion(client, byName, 1))
                        .containsExactly(Errors.INVALID_REQUEST, Errors.INVALID_REQUEST);
                for (int version = 3; version <= 5; version++) {
                    assertThat(deletion(client, byName, version))
                            .containsExactly(
                                    Errors.TOPIC_DELETION_DISABLED, Errors.TOPIC_DELETION_DISABLED);
                }
                var byId =
                        new DeleteTopicsRequestData()
                                .setTimeoutMs(30_000)
                                .setTopics(
                                        List.of(
                                                new DeleteTopicState()
                                                        .setName(null)
                                                        .setTopicId(topic.id()),
                                                new DeleteTopicState().setName(topic.name())));
                assertThat(deletion(client, byId, 6))
                        .containsExactly(
                                Errors.TOPIC_DELETION_DISABLED, Errors.TOPIC_DELETION_DISABLED);
            }
        }
        assertThat(trio.partition(1, topic).replicaNodes()).containsExactly(1, 2);
    }

    private static List<Errors> deletion(
            RawClient client, DeleteTopicsRequestData request, int version) {
        DeleteTopicsResponseData answer = client.call(request, version);
        return answer.responses().stream().map(one -> Errors.forCode(one.errorCode())).toList();
    }
}
