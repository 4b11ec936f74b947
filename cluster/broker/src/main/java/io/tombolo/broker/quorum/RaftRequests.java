package io.tombolo.broker.quorum;

import io.tombolo.broker.voter.PresenceCodec;
import io.tombolo.protocol.VersionRange;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftMessage.BeginEpochRequest;
import io.tombolo.raft.core.RaftMessage.EndEpochRequest;
import io.tombolo.raft.core.RaftMessage.FetchRequest;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotRequest;
import io.tombolo.raft.core.RaftMessage.PresenceRequest;
import io.tombolo.raft.core.RaftMessage.Request;
import io.tombolo.raft.core.RaftMessage.VoteRequest;
import io.tombolo.raft.core.ReplicaKey;

import org.apache.kafka.common.message.BeginQuorumEpochRequestData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.EndQuorumEpochRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchSnapshotRequestData;
import org.apache.kafka.common.message.VoteRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;

/**
 * The quorum's requests as Kafka's, and back. Pure.
 *
 * @param clusterId sent with every request
 */
record RaftRequests(String clusterId) {

    /** The sender of a request that does not tell. */
    static final int NOBODY_SAYS = -1;

    private static final long NANOS_PER_MS = 1_000_000;

    /** A request for the wire. */
    record Outgoing(ApiKeys api, VersionRange versions, ApiMessage body) {}

    /**
     * A request from the wire.
     *
     * @param clusterId as the sender believes; empty when it does not say
     * @param from node id of the sender, or {@link #NOBODY_SAYS}
     */
    record Incoming(Optional<String> clusterId, int from, Request request) {}

    Outgoing encode(Request request) {
        return switch (request) {
            case VoteRequest vote -> outgoing(ApiKeys.VOTE, 2, vote(vote));
            case BeginEpochRequest begin -> outgoing(ApiKeys.BEGIN_QUORUM_EPOCH, 1, begin(begin));
            case EndEpochRequest end -> outgoing(ApiKeys.END_QUORUM_EPOCH, 1, end(end));
            case FetchRequest fetch ->
                    new Outgoing(ApiKeys.FETCH, VersionRange.of(17, 18), fetch(fetch));
            case FetchSnapshotRequest fetch ->
                    outgoing(ApiKeys.FETCH_SNAPSHOT, 1, fetchSnapshot(fetch));
            case PresenceRequest _ -> outgoing(ApiKeys.DESCRIBE_QUORUM, 2, PresenceCodec.request());
        };
    }

    private static Outgoing outgoing(ApiKeys api, int version, ApiMessage body) {
        return new Outgoing(api, VersionRange.of(version, version), body);
    }

    private ApiMessage vote(VoteRequest vote) {
        var partition =
                new VoteRequestData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setReplicaEpoch(vote.epoch())
                        .setReplicaId(vote.candidate().nodeId())
                        .setReplicaDirectoryId(MetadataLog.kafka(vote.candidate().directoryId()))
                        .setVoterDirectoryId(MetadataLog.kafka(vote.voter().directoryId()))
                        .setLastOffset(vote.lastLog().offset())
                        .setLastOffsetEpoch(vote.lastLog().epoch())
                        .setPreVote(vote.preVote());
        return new VoteRequestData()
                .setClusterId(clusterId)
                .setVoterId(vote.voter().nodeId())
                .setTopics(
                        List.of(
                                new VoteRequestData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private ApiMessage begin(BeginEpochRequest begin) {
        var partition =
                new BeginQuorumEpochRequestData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setVoterDirectoryId(MetadataLog.kafka(begin.voter().directoryId()))
                        .setLeaderId(begin.leader().leaderId())
                        .setLeaderEpoch(begin.leader().epoch());
        return new BeginQuorumEpochRequestData()
                .setClusterId(clusterId)
                .setVoterId(begin.voter().nodeId())
                .setTopics(
                        List.of(
                                new BeginQuorumEpochRequestData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private ApiMessage end(EndEpochRequest end) {
        var partition =
                new EndQuorumEpochRequestData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setLeaderId(end.leader().leaderId())
                        .setLeaderEpoch(end.leader().epoch())
                        .setPreferredCandidates(
                                end.preferredSuccessors().stream()
                                        .map(RaftRequests::candidate)
                                        .toList());
        return new EndQuorumEpochRequestData()
                .setClusterId(clusterId)
                .setTopics(
                        List.of(
                                new EndQuorumEpochRequestData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static EndQuorumEpochRequestData.ReplicaInfo candidate(ReplicaKey key) {
        return new EndQuorumEpochRequestData.ReplicaInfo()
                .setCandidateId(key.nodeId())
                .setCandidateDirectoryId(MetadataLog.kafka(key.directoryId()));
    }

    private ApiMessage fetch(FetchRequest fetch) {
        var partition =
                new FetchRequestData.FetchPartition()
                        .setPartition(MetadataLog.PARTITION)
                        .setCurrentLeaderEpoch(fetch.epoch())
                        .setFetchOffset(fetch.position().offset())
                        .setLastFetchedEpoch(fetch.position().epoch())
                        .setPartitionMaxBytes(fetch.bytesMax())
                        .setReplicaDirectoryId(MetadataLog.kafka(fetch.replica().directoryId()))
                        .setHighWatermark(fetch.highWatermark());
        return new FetchRequestData()
                .setClusterId(clusterId)
                .setReplicaState(
                        new FetchRequestData.ReplicaState().setReplicaId(fetch.replica().nodeId()))
                .setMaxWaitMs((int) Math.ceilDiv(fetch.waitNanosMax(), NANOS_PER_MS))
                .setMaxBytes(fetch.bytesMax())
                .setTopics(
                        List.of(
                                new FetchRequestData.FetchTopic()
                                        .setTopicId(MetadataLog.TOPIC_ID)
                                        .setPartitions(List.of(partition))));
    }

    private ApiMessage fetchSnapshot(FetchSnapshotRequest fetch) {
        var partition =
                new FetchSnapshotRequestData.PartitionSnapshot()
                        .setPartition(MetadataLog.PARTITION)
                        .setCurrentLeaderEpoch(fetch.epoch())
                        .setSnapshotId(
                                new FetchSnapshotRequestData.SnapshotId()
                                        .setEndOffset(fetch.id().offset())
                                        .setEpoch(fetch.id().epoch()))
                        .setPosition(fetch.position())
                        .setReplicaDirectoryId(MetadataLog.kafka(fetch.replica().directoryId()));
        return new FetchSnapshotRequestData()
                .setClusterId(clusterId)
                .setReplicaId(fetch.replica().nodeId())
                .setMaxBytes(fetch.bytesMax())
                .setTopics(
                        List.of(
                                new FetchSnapshotRequestData.TopicSnapshot()
                                        .setName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    /** Whether a Fetch is for the metadata log and not for a topic of clients. */
    static boolean forMetadata(FetchRequestData body) {
        return body.topics().stream()
                .anyMatch(topic -> topic.topicId().equals(MetadataLog.TOPIC_ID));
    }

    /** Reads a request; empty when it is not about exactly the metadata partition. */
    static Optional<Incoming> decode(ApiMessage body) {
        try {
            return switch (body) {
                case VoteRequestData vote -> Optional.of(vote(vote));
                case BeginQuorumEpochRequestData begin -> Optional.of(begin(begin));
                case EndQuorumEpochRequestData end -> Optional.of(end(end));
                case FetchRequestData fetch -> Optional.of(fetch(fetch));
                case FetchSnapshotRequestData fetch -> Optional.of(fetchSnapshot(fetch));
                case DescribeQuorumRequestData who when PresenceCodec.asks(who) ->
                        Optional.of(
                                new Incoming(Optional.empty(), NOBODY_SAYS, new PresenceRequest()));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }

    private static Incoming vote(VoteRequestData body) {
        var topic = only(body.topics());
        require(topic.topicName().equals(MetadataLog.TOPIC));
        var partition = only(topic.partitions());
        require(partition.partitionIndex() == MetadataLog.PARTITION);
        var candidate = MetadataLog.key(partition.replicaId(), partition.replicaDirectoryId());
        require(candidate.present());
        return incoming(
                body.clusterId(),
                candidate.nodeId(),
                new VoteRequest(
                        MetadataLog.key(body.voterId(), partition.voterDirectoryId()),
                        candidate,
                        partition.replicaEpoch(),
                        new OffsetAndEpoch(partition.lastOffset(), partition.lastOffsetEpoch()),
                        partition.preVote()));
    }

    private static Incoming begin(BeginQuorumEpochRequestData body) {
        var topic = only(body.topics());
        require(topic.topicName().equals(MetadataLog.TOPIC));
        var partition = only(topic.partitions());
        require(partition.partitionIndex() == MetadataLog.PARTITION && partition.leaderId() >= 0);
        return incoming(
                body.clusterId(),
                partition.leaderId(),
                new BeginEpochRequest(
                        MetadataLog.key(body.voterId(), partition.voterDirectoryId()),
                        new LeaderAndEpoch(partition.leaderId(), partition.leaderEpoch())));
    }

    private static Incoming end(EndQuorumEpochRequestData body) {
        var topic = only(body.topics());
        require(topic.topicName().equals(MetadataLog.TOPIC));
        var partition = only(topic.partitions());
        require(partition.partitionIndex() == MetadataLog.PARTITION && partition.leaderId() >= 0);
        return incoming(
                body.clusterId(),
                partition.leaderId(),
                new EndEpochRequest(
                        new LeaderAndEpoch(partition.leaderId(), partition.leaderEpoch()),
                        partition.preferredCandidates().stream()
                                .map(candidate ->
                                        MetadataLog.key(
                                                candidate.candidateId(),
                                                candidate.candidateDirectoryId()))
                                .toList()));
    }

    private static Incoming fetch(FetchRequestData body) {
        var topic = only(body.topics());
        require(topic.topicId().equals(MetadataLog.TOPIC_ID));
        var partition = only(topic.partitions());
        require(partition.partition() == MetadataLog.PARTITION);
        var replica =
                MetadataLog.key(body.replicaState().replicaId(), partition.replicaDirectoryId());
        require(replica.present() && body.maxWaitMs() >= 0);
        return incoming(
                body.clusterId(),
                replica.nodeId(),
                new FetchRequest(
                        replica,
                        partition.currentLeaderEpoch(),
                        new OffsetAndEpoch(partition.fetchOffset(), partition.lastFetchedEpoch()),
                        partition.highWatermark(),
                        Math.min(body.maxBytes(), partition.partitionMaxBytes()),
                        body.maxWaitMs() * NANOS_PER_MS));
    }

    private static Incoming fetchSnapshot(FetchSnapshotRequestData body) {
        var topic = only(body.topics());
        require(topic.name().equals(MetadataLog.TOPIC));
        var partition = only(topic.partitions());
        require(partition.partition() == MetadataLog.PARTITION);
        var replica = MetadataLog.key(body.replicaId(), partition.replicaDirectoryId());
        require(replica.present());
        return incoming(
                body.clusterId(),
                replica.nodeId(),
                new FetchSnapshotRequest(
                        replica,
                        partition.currentLeaderEpoch(),
                        new OffsetAndEpoch(
                                partition.snapshotId().endOffset(), partition.snapshotId().epoch()),
                        partition.position(),
                        body.maxBytes()));
    }

    private static Incoming incoming(@Nullable String clusterId, int from, Request request) {
        return new Incoming(Optional.ofNullable(clusterId), from, request);
    }

    private static <T> T only(List<T> items) {
        require(items.size() == 1);
        return items.getFirst();
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("not a request about the metadata partition");
        }
    }
}
