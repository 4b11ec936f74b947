package io.tombolo.contract;

import static io.tombolo.contract.FetchCalls.from;

import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What each cluster of three goes through once: node 1, which leads everything, is killed with a
 * record that nobody else has; it comes back while node 2 is paused; in the end node 3 is stopped
 * in an orderly way. Holds what was seen on the way; mutable until {@link #play} has returned.
 */
final class Failover {

    private static final int OLDEST_PRODUCE = 3;

    private final Trio trio;

    /** On nodes 1, 2 and 3, of which two must be in sync. */
    final Topic topic;

    /** On nodes 1 and 2, both of which must be in sync. */
    final Topic narrow;

    /** On nodes 1, 2 and 3, all of which must be in sync. */
    final Topic strict;

    int epochBefore;
    int epochAfter;
    int successor;
    Errors belowMinimum = Errors.UNKNOWN_SERVER_ERROR;

    /** −1 when the new leader had not heard that the first record is committed. */
    long endBelowMinimum;

    long endBelowMinimumAfterOneMore;
    long endOfStrictInTheEnd;
    DescribeTopicPartitionsResponsePartition strictWithoutOne = nothing();
    DescribeTopicPartitionsResponsePartition narrowWithoutOne = nothing();
    DescribeTopicPartitionsResponsePartition narrowWithOneOnly = nothing();
    DescribeTopicPartitionsResponsePartition narrowInTheEnd = nothing();
    ProduceResponseData elsewhere = new ProduceResponseData();
    final Map<Integer, Errors> elsewhereByVersion = new TreeMap<>();
    PartitionData withOldEpoch = new PartitionData();
    List<String> onNodeOneInTheEnd = List.of();
    EpochEndOffset endOfOldEpoch = new EpochEndOffset();
    DescribeTopicPartitionsResponsePartition afterShutdown = nothing();
    Set<Integer> membersAfterShutdown = Set.of();
    Errors askedOnReturn = Errors.UNKNOWN_SERVER_ERROR;

    private Failover(Trio trio) {
        this.trio = trio;
        topic = trio.newTopic(List.of(1, 2, 3), Map.of("min.insync.replicas", "2"));
        narrow = trio.newTopic(List.of(1, 2), Map.of("min.insync.replicas", "2"));
        strict = trio.newTopic(List.of(1, 2, 3), Map.of("min.insync.replicas", "3"));
    }

    private static DescribeTopicPartitionsResponsePartition nothing() {
        return new DescribeTopicPartitionsResponsePartition();
    }

    static Failover play(Trio trio) {
        var failover = new Failover(trio);
        failover.killTheLeaderWithARecordOfItsOwn();
        failover.askWithoutIt();
        failover.bringItBackAlone();
        failover.bringAllBack();
        failover.stopOneInAnOrderlyWay();
        return failover;
    }

    private void killTheLeaderWithARecordOfItsOwn() {
        try (var client = trio.connect(1)) {
            for (Topic each : List.of(topic, narrow, strict)) {
                ProduceCalls.append(client, each, "a");
            }
            epochBefore = trio.partition(1, topic).leaderEpoch();
            // A fetch that is under way still takes one record along.
            trio.nodes().pause(2);
            trio.nodes().pause(3);
            for (String value : List.of("x", "x", "x")) {
                ProduceCalls.send(
                        client,
                        ProduceCalls.produce(topic, 0, 1, Batches.of(value)),
                        ProduceCalls.BY_ID);
            }
        }
        trio.nodes().kill(1);
        trio.nodes().resume(2);
        trio.nodes().resume(3);
    }

    private void askWithoutIt() {
        successor = trio.awaitLeader(3, topic, Set.of(2, 3));
        int other = 5 - successor;
        trio.awaitLeader(3, narrow, Set.of(2));
        int leaderOfStrict = trio.awaitLeader(3, strict, Set.of(2, 3));
        trio.await(
                "node 1 is out of sync",
                () ->
                        trio.partition(3, narrow).isrNodes().equals(List.of(2))
                                && trio.partition(3, strict).isrNodes().size() == 2);
        narrowWithoutOne = trio.partition(3, narrow);
        strictWithoutOne = trio.partition(3, strict);
        epochAfter = trio.partition(3, topic).leaderEpoch();
        try (var client = trio.connect(leaderOfStrict)) {
            trio.await(
                    "the new leader refuses for the right reason",
                    () ->
                            ProduceCalls.error(client, strict, Batches.of("refused"))
                                    == Errors.NOT_ENOUGH_REPLICAS);
            belowMinimum = ProduceCalls.error(client, strict, Batches.of("refused"));
            endBelowMinimum = FetchCalls.endOffset(client, strict);
            var one = ProduceCalls.produce(strict, 0, 1, Batches.of("b"));
            ProduceCalls.send(client, one, ProduceCalls.BY_ID);
            endBelowMinimumAfterOneMore = FetchCalls.endOffset(client, strict);
        }
        trio.awaitServed(successor, topic);
        try (var client = trio.connect(successor)) {
            ProduceCalls.append(client, topic, "y");
            withOldEpoch =
                    FetchCalls.fetchOne(
                            client, topic, from(0, 0).setCurrentLeaderEpoch(epochBefore));
        }
        trio.awaitLeader(other, topic, Set.of(successor));
        try (var client = trio.connect(other)) {
            for (int version = OLDEST_PRODUCE; version < ProduceCalls.BY_ID; version++) {
                var request = ProduceCalls.produce(topic, 0, ProduceCalls.ALL, Batches.of("z"));
                var answer = ProduceCalls.send(client, request, version);
                elsewhereByVersion.put(version, Errors.forCode(answer.errorCode()));
            }
            elsewhere =
                    client.call(
                            ProduceCalls.produce(topic, 0, ProduceCalls.ALL, Batches.of("z")),
                            ProduceCalls.BY_ID);
        }
    }

    /** Node 1 has lost its place in sync and cannot catch up: who has the rest does not answer. */
    private void bringItBackAlone() {
        trio.nodes().pause(2);
        trio.nodes().start(1);
        // Node 3 is asked by itself: a client that may ask any node waits for the one that is held.
        trio.await(
                "node 1 is a member and node 2 is none",
                () -> namesAmongBrokers(3, 1) && !namesAmongBrokers(3, 2));
        trio.await("nobody leads " + narrow.name(), () -> trio.partition(3, narrow).leaderId() < 0);
        narrowWithOneOnly = trio.partition(3, narrow);
    }

    private void bringAllBack() {
        trio.nodes().resume(2);
        trio.awaitWhole(topic, narrow, strict);
        narrowInTheEnd = trio.partition(3, narrow);
        trio.await("the leader of " + strict.name() + " serves", this::strictIsServed);
        ElectionCalls.electPreferred(trio, topic);
        trio.awaitLeader(1, topic, Set.of(1));
        try (var client = trio.connect(1)) {
            trio.await(
                    "node 1 serves",
                    () -> FetchCalls.endOffsetError(client, topic.name(), 0) == Errors.NONE);
            onNodeOneInTheEnd = FetchCalls.values(client, topic, 0, 0);
            endOfOldEpoch = endOf(client, epochBefore);
        }
    }

    /** Whoever leads it now: on a busy machine it may change hands once more. */
    private boolean strictIsServed() {
        int leader = trio.partition(3, strict).leaderId();
        if (leader < 0) {
            return false;
        }
        try (var client = trio.connect(leader)) {
            endOfStrictInTheEnd = FetchCalls.endOffset(client, strict);
            return endOfStrictInTheEnd >= 2;
        }
    }

    private EpochEndOffset endOf(RawClient client, int epoch) {
        var partition =
                new OffsetForLeaderPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(-1)
                        .setLeaderEpoch(epoch);
        var wanted =
                new OffsetForLeaderTopic().setTopic(topic.name()).setPartitions(List.of(partition));
        var request = new OffsetForLeaderEpochRequestData().setReplicaId(-2);
        request.topics().add(wanted);
        OffsetForLeaderEpochResponseData answer = client.call(request, 4);
        return answer.topics().iterator().next().partitions().getFirst();
    }

    private void stopOneInAnOrderlyWay() {
        Topic drained = trio.newTopic(List.of(3, 1, 2), Map.of());
        trio.nodes().terminate(3);
        // Nothing is waited for: it has given its leaderships away before it went.
        afterShutdown = trio.partition(1, drained);
        membersAfterShutdown = trio.nodes().members();
        trio.nodes().start(3);
        trio.await("node 3 is a member again", () -> namesAmongBrokers(1, 3));
        trio.await(
                "node 3 takes connections",
                () -> {
                    try (var client = trio.connect(3)) {
                        askedOnReturn = FetchCalls.endOffsetError(client, drained.name(), 0);
                        return true;
                    }
                });
        trio.awaitWhole(topic, narrow, strict, drained);
    }

    private boolean namesAmongBrokers(int asked, int wanted) {
        try (var client = trio.connect(asked)) {
            var request = new MetadataRequestData().setTopics(List.of());
            MetadataResponseData answer = client.call(request, 12);
            return answer.brokers().stream().anyMatch(broker -> broker.nodeId() == wanted);
        }
    }
}
