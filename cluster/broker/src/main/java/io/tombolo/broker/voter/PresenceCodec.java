package io.tombolo.broker.voter;

import io.tombolo.environment.Endpoint;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;

import java.util.List;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The question who is there and what it holds, as DescribeQuorum on the listener between brokers:
 * there every broker answers for itself, as one observer and one node, beside the voters that its
 * log names. Pure.
 */
public final class PresenceCodec {

    private static final String TOPIC = "__cluster_metadata";

    private PresenceCodec() {}

    /** The question. */
    public static DescribeQuorumRequestData request() {
        return new DescribeQuorumRequestData()
                .setTopics(
                        List.of(
                                new DescribeQuorumRequestData.TopicData()
                                        .setTopicName(TOPIC)
                                        .setPartitions(
                                                List.of(
                                                        new DescribeQuorumRequestData
                                                                .PartitionData()))));
    }

    /** Whether this is that question. */
    public static boolean asks(DescribeQuorumRequestData body) {
        return body.equals(request());
    }

    /** The answer for the wire. */
    public static DescribeQuorumResponseData encode(PresenceAnswer answer) {
        VoterSet.Voter replica = answer.replica();
        var self = state(replica.key()).setLogEndOffset(answer.logEndOffset());
        var listeners = new DescribeQuorumResponseData.ListenerCollection();
        replica.listeners()
                .forEach((name, address) ->
                        listeners.add(
                                new DescribeQuorumResponseData.Listener()
                                        .setName(name)
                                        .setHost(address.host())
                                        .setPort(address.port())));
        var nodes = new DescribeQuorumResponseData.NodeCollection();
        nodes.add(
                new DescribeQuorumResponseData.Node()
                        .setNodeId(replica.key().nodeId())
                        .setListeners(listeners));
        var partition =
                new DescribeQuorumResponseData.PartitionData()
                        .setLeaderId(answer.current().leaderId())
                        .setLeaderEpoch(answer.current().epoch())
                        .setCurrentVoters(
                                answer.voters().stream().map(PresenceCodec::state).toList())
                        .setObservers(List.of(self));
        return new DescribeQuorumResponseData()
                .setNodes(nodes)
                .setTopics(
                        List.of(
                                new DescribeQuorumResponseData.TopicData()
                                        .setTopicName(TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static DescribeQuorumResponseData.ReplicaState state(ReplicaKey key) {
        return new DescribeQuorumResponseData.ReplicaState()
                .setReplicaId(key.nodeId())
                .setReplicaDirectoryId(VoterChangeCodec.kafka(key.directoryId()))
                .setLogEndOffset(-1);
    }

    private static ReplicaKey key(DescribeQuorumResponseData.ReplicaState state) {
        var directory = state.replicaDirectoryId();
        return new ReplicaKey(
                state.replicaId(),
                new UUID(directory.getMostSignificantBits(), directory.getLeastSignificantBits()));
    }

    /**
     * Reads an answer.
     *
     * @throws IllegalArgumentException when it does not tell of exactly one replica
     */
    public static PresenceAnswer decode(DescribeQuorumResponseData body) {
        var partition = only(only(body.topics()).partitions());
        var self = only(partition.observers());
        var listeners = new TreeMap<String, Endpoint>();
        for (var node : body.nodes()) {
            node.listeners()
                    .forEach(each ->
                            listeners.put(each.name(), new Endpoint(each.host(), each.port())));
        }
        return new PresenceAnswer(
                RaftError.NONE,
                new LeaderAndEpoch(
                        Math.max(partition.leaderId(), LeaderAndEpoch.NO_LEADER),
                        partition.leaderEpoch()),
                new VoterSet.Voter(key(self), listeners),
                self.logEndOffset(),
                partition.currentVoters().stream().map(PresenceCodec::key).toList());
    }

    private static <T> T only(List<T> items) {
        if (items.size() != 1) {
            throw new IllegalArgumentException("not an answer of one replica");
        }
        return items.getFirst();
    }
}
