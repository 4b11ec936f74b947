package io.tombolo.broker.request.cluster;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Images;
import io.tombolo.broker.request.Exchange;
import io.tombolo.broker.request.RequestHandler;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.raft.RaftNode;
import io.tombolo.raft.RaftStatus;
import io.tombolo.raft.core.VoterSet;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData.TopicData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Listener;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ListenerCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.Node;
import org.apache.kafka.common.message.DescribeQuorumResponseData.NodeCollection;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.protocol.Errors;

import java.util.List;

/** DescribeQuorum of the metadata log. */
public final class DescribeQuorumHandler implements RequestHandler<DescribeQuorumRequestData> {

    private static final String METADATA_TOPIC = "__cluster_metadata";

    private final RaftNode raft;
    private final EventLoop raftLoop;
    private final Images images;
    private final ClientListener listener;

    public DescribeQuorumHandler(
            RaftNode raft, EventLoop raftLoop, Images images, ClientListener listener) {
        this.raft = raft;
        this.raftLoop = raftLoop;
        this.images = images;
        this.listener = listener;
    }

    @Override
    public void handle(Exchange exchange, DescribeQuorumRequestData body) {
        if (!asksForMetadata(body)) {
            exchange.answer(refusal(body));
            return;
        }
        Shards.run(raftLoop, () -> exchange.answer(describe(raft.status())));
    }

    private static boolean asksForMetadata(DescribeQuorumRequestData body) {
        return body.topics().size() == 1
                && METADATA_TOPIC.equals(body.topics().getFirst().topicName())
                && body.topics().getFirst().partitions().size() == 1
                && body.topics().getFirst().partitions().getFirst().partitionIndex() == 0;
    }

    private static DescribeQuorumResponseData refusal(DescribeQuorumRequestData body) {
        var response = new DescribeQuorumResponseData();
        for (TopicData topic : body.topics()) {
            var answered =
                    new DescribeQuorumResponseData.TopicData().setTopicName(topic.topicName());
            topic.partitions()
                    .forEach(partition ->
                            answered.partitions()
                                    .add(
                                            new PartitionData()
                                                    .setPartitionIndex(partition.partitionIndex())
                                                    .setErrorCode(
                                                            Errors.UNKNOWN_TOPIC_OR_PARTITION
                                                                    .code())));
            response.topics().add(answered);
        }
        return response;
    }

    private DescribeQuorumResponseData describe(RaftStatus status) {
        var partition =
                new PartitionData()
                        .setPartitionIndex(0)
                        .setLeaderId(status.leader().leaderId())
                        .setLeaderEpoch(status.leader().epoch())
                        .setHighWatermark(status.highWatermark());
        if (status.replicas().isEmpty()) {
            // Only the leader knows the replicas; who asks goes on to look for it.
            partition.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
        }
        for (RaftStatus.Replica replica : status.replicas()) {
            var state =
                    new ReplicaState()
                            .setReplicaId(replica.key().nodeId())
                            .setReplicaDirectoryId(
                                    new Uuid(
                                            replica.key().directoryId().getMostSignificantBits(),
                                            replica.key().directoryId().getLeastSignificantBits()))
                            .setLogEndOffset(replica.logEndOffset())
                            .setLastFetchTimestamp(replica.lastFetchMs())
                            .setLastCaughtUpTimestamp(replica.lastCaughtUpMs());
            (replica.voter() ? partition.currentVoters() : partition.observers()).add(state);
        }
        return new DescribeQuorumResponseData()
                .setNodes(nodes(status.voterSet()))
                .setTopics(
                        List.of(
                                new DescribeQuorumResponseData.TopicData()
                                        .setTopicName(METADATA_TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    /**
     * Where the voters are reached, as the log names it. A voter that it names without an address
     * is the only broker of its region: what is for the controller goes to where the client
     * connects.
     */
    private NodeCollection nodes(VoterSet voters) {
        var nodes = new NodeCollection();
        for (VoterSet.Voter voter : voters.voters()) {
            var endpoints = new ListenerCollection();
            voter.listeners()
                    .forEach((name, address) ->
                            endpoints.add(
                                    new Listener()
                                            .setName(name)
                                            .setHost(address.host())
                                            .setPort(address.port())));
            if (endpoints.isEmpty()) {
                listener.brokers(images.current()).stream()
                        .filter(broker -> broker.brokerId() == voter.key().nodeId())
                        .forEach(broker ->
                                endpoints.add(
                                        new Listener()
                                                .setName(listener.name())
                                                .setHost(broker.host())
                                                .setPort(broker.port())));
            }
            nodes.add(new Node().setNodeId(voter.key().nodeId()).setListeners(endpoints));
        }
        return nodes;
    }
}
