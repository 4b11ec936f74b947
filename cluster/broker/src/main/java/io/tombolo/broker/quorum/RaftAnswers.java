package io.tombolo.broker.quorum;

import io.tombolo.broker.voter.PresenceCodec;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.PayloadRecords;
import io.tombolo.protocol.RecordBytes;
import io.tombolo.raft.core.LeaderAndEpoch;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;
import io.tombolo.raft.core.RaftError;
import io.tombolo.raft.core.RaftMessage.Answer;
import io.tombolo.raft.core.RaftMessage.BeginEpochAnswer;
import io.tombolo.raft.core.RaftMessage.EndEpochAnswer;
import io.tombolo.raft.core.RaftMessage.FetchAnswer;
import io.tombolo.raft.core.RaftMessage.FetchSnapshotAnswer;
import io.tombolo.raft.core.RaftMessage.Fetched;
import io.tombolo.raft.core.RaftMessage.PresenceAnswer;
import io.tombolo.raft.core.RaftMessage.VoteAnswer;
import io.tombolo.raft.log.BatchCodec;
import io.tombolo.raft.log.CorruptBatchException;

import org.apache.kafka.common.message.BeginQuorumEpochResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.EndQuorumEpochResponseData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.message.VoteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The quorum's answers as Kafka's responses, and back. Pure. */
final class RaftAnswers {

    private RaftAnswers() {}

    /** The response of an API that says nothing but that its request is refused. */
    static ApiMessage refusal(ApiKeys api, Errors error) {
        return switch (api) {
            case VOTE -> new VoteResponseData().setErrorCode(error.code());
            case BEGIN_QUORUM_EPOCH ->
                    new BeginQuorumEpochResponseData().setErrorCode(error.code());
            case END_QUORUM_EPOCH -> new EndQuorumEpochResponseData().setErrorCode(error.code());
            case FETCH_SNAPSHOT -> new FetchSnapshotResponseData().setErrorCode(error.code());
            case DESCRIBE_QUORUM -> new DescribeQuorumResponseData().setErrorCode(error.code());
            default -> new FetchResponseData().setErrorCode(error.code());
        };
    }

    static ApiMessage encode(Answer answer) {
        return switch (answer) {
            case VoteAnswer vote -> vote(vote);
            case BeginEpochAnswer begin -> begin(begin);
            case EndEpochAnswer end -> end(end);
            case FetchAnswer fetch -> fetch(fetch);
            case FetchSnapshotAnswer fetch -> fetchSnapshot(fetch);
            case PresenceAnswer there -> PresenceCodec.encode(there);
        };
    }

    private static ApiMessage vote(VoteAnswer answer) {
        var partition =
                new VoteResponseData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setErrorCode(code(answer.error()))
                        .setLeaderId(answer.current().leaderId())
                        .setLeaderEpoch(answer.current().epoch())
                        .setVoteGranted(answer.granted());
        return new VoteResponseData()
                .setTopics(
                        List.of(
                                new VoteResponseData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static ApiMessage begin(BeginEpochAnswer answer) {
        var partition =
                new BeginQuorumEpochResponseData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setErrorCode(code(answer.error()))
                        .setLeaderId(answer.current().leaderId())
                        .setLeaderEpoch(answer.current().epoch());
        return new BeginQuorumEpochResponseData()
                .setTopics(
                        List.of(
                                new BeginQuorumEpochResponseData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static ApiMessage end(EndEpochAnswer answer) {
        var partition =
                new EndQuorumEpochResponseData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setErrorCode(code(answer.error()))
                        .setLeaderId(answer.current().leaderId())
                        .setLeaderEpoch(answer.current().epoch());
        return new EndQuorumEpochResponseData()
                .setTopics(
                        List.of(
                                new EndQuorumEpochResponseData.TopicData()
                                        .setTopicName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static ApiMessage fetch(FetchAnswer answer) {
        var partition =
                new FetchResponseData.PartitionData()
                        .setPartitionIndex(MetadataLog.PARTITION)
                        .setErrorCode(code(answer.error()))
                        .setHighWatermark(answer.highWatermark())
                        .setCurrentLeader(
                                new FetchResponseData.LeaderIdAndEpoch()
                                        .setLeaderId(answer.current().leaderId())
                                        .setLeaderEpoch(answer.current().epoch()));
        switch (answer.fetched()) {
            case Fetched.Records(List<LogBatch> batches) ->
                    PayloadRecords.attach(
                            partition,
                            batches.stream()
                                    .map(batch -> (Payload) memory(BatchCodec.encode(batch)))
                                    .toList());
            case Fetched.Diverging(OffsetAndEpoch end) ->
                    partition.setDivergingEpoch(
                            new FetchResponseData.EpochEndOffset()
                                    .setEpoch(end.epoch())
                                    .setEndOffset(end.offset()));
            case Fetched.Snapshot(OffsetAndEpoch id) ->
                    partition.setSnapshotId(
                            new FetchResponseData.SnapshotId()
                                    .setEndOffset(id.offset())
                                    .setEpoch(id.epoch()));
        }
        return new FetchResponseData()
                .setResponses(
                        List.of(
                                new FetchResponseData.FetchableTopicResponse()
                                        .setTopicId(MetadataLog.TOPIC_ID)
                                        .setPartitions(List.of(partition))));
    }

    private static ApiMessage fetchSnapshot(FetchSnapshotAnswer answer) {
        var partition =
                new FetchSnapshotResponseData.PartitionSnapshot()
                        .setIndex(MetadataLog.PARTITION)
                        .setErrorCode(code(answer.error()))
                        .setSnapshotId(
                                new FetchSnapshotResponseData.SnapshotId()
                                        .setEndOffset(answer.id().offset())
                                        .setEpoch(answer.id().epoch()))
                        .setCurrentLeader(
                                new FetchSnapshotResponseData.LeaderIdAndEpoch()
                                        .setLeaderId(answer.current().leaderId())
                                        .setLeaderEpoch(answer.current().epoch()))
                        .setSize(answer.totalBytes())
                        .setPosition(answer.position());
        PayloadRecords.attach(partition, List.of(memory(ByteBuffer.wrap(answer.bytes()))));
        return new FetchSnapshotResponseData()
                .setTopics(
                        List.of(
                                new FetchSnapshotResponseData.TopicSnapshot()
                                        .setName(MetadataLog.TOPIC)
                                        .setPartitions(List.of(partition))));
    }

    private static Payload.Memory memory(ByteBuffer bytes) {
        return new Payload.Memory(bytes);
    }

    private static short code(RaftError error) {
        return Errors.valueOf(error.name()).code();
    }

    /**
     * Reads a response; nothing of the buffer is kept.
     *
     * @return empty when the request was refused as a whole, or the response makes no sense
     */
    static Optional<Answer> decode(ApiMessage body) {
        try {
            return switch (body) {
                case VoteResponseData vote when vote.errorCode() == 0 -> Optional.of(vote(vote));
                case BeginQuorumEpochResponseData begin when begin.errorCode() == 0 ->
                        Optional.of(begin(begin));
                case EndQuorumEpochResponseData end when end.errorCode() == 0 ->
                        Optional.of(end(end));
                case FetchResponseData fetch when fetch.errorCode() == 0 ->
                        Optional.of(fetch(fetch));
                case FetchSnapshotResponseData fetch when fetch.errorCode() == 0 ->
                        Optional.of(fetchSnapshot(fetch));
                case DescribeQuorumResponseData there when there.errorCode() == 0 ->
                        Optional.of(PresenceCodec.decode(there));
                default -> Optional.empty();
            };
        } catch (IllegalArgumentException | CorruptBatchException senseless) {
            return Optional.empty();
        }
    }

    private static Answer vote(VoteResponseData body) {
        var partition = only(only(body.topics()).partitions());
        return new VoteAnswer(
                error(partition.errorCode()),
                leader(partition.leaderId(), partition.leaderEpoch()),
                partition.voteGranted());
    }

    private static Answer begin(BeginQuorumEpochResponseData body) {
        var partition = only(only(body.topics()).partitions());
        return new BeginEpochAnswer(
                error(partition.errorCode()),
                leader(partition.leaderId(), partition.leaderEpoch()));
    }

    private static Answer end(EndQuorumEpochResponseData body) {
        var partition = only(only(body.topics()).partitions());
        return new EndEpochAnswer(
                error(partition.errorCode()),
                leader(partition.leaderId(), partition.leaderEpoch()));
    }

    private static Answer fetch(FetchResponseData body) throws CorruptBatchException {
        var topic = only(body.responses());
        require(topic.topicId().equals(MetadataLog.TOPIC_ID));
        var partition = only(topic.partitions());
        return new FetchAnswer(
                error(partition.errorCode()),
                leader(
                        partition.currentLeader().leaderId(),
                        partition.currentLeader().leaderEpoch()),
                partition.highWatermark(),
                fetched(partition));
    }

    private static Fetched fetched(FetchResponseData.PartitionData partition)
            throws CorruptBatchException {
        var diverging = partition.divergingEpoch();
        if (diverging.endOffset() >= 0) {
            return new Fetched.Diverging(
                    new OffsetAndEpoch(diverging.endOffset(), diverging.epoch()));
        }
        var snapshot = partition.snapshotId();
        if (snapshot.endOffset() >= 0) {
            return new Fetched.Snapshot(new OffsetAndEpoch(snapshot.endOffset(), snapshot.epoch()));
        }
        ByteBuffer records = RecordBytes.of(partition).duplicate();
        var batches = new ArrayList<LogBatch>();
        while (records.hasRemaining()) {
            batches.add(BatchCodec.decode(records));
        }
        return new Fetched.Records(batches);
    }

    private static Answer fetchSnapshot(FetchSnapshotResponseData body) {
        var partition = only(only(body.topics()).partitions());
        ByteBuffer piece = RecordBytes.of(partition).duplicate();
        byte[] bytes = new byte[piece.remaining()];
        piece.get(bytes);
        return new FetchSnapshotAnswer(
                error(partition.errorCode()),
                leader(
                        partition.currentLeader().leaderId(),
                        partition.currentLeader().leaderEpoch()),
                new OffsetAndEpoch(
                        partition.snapshotId().endOffset(), partition.snapshotId().epoch()),
                partition.size(),
                partition.position(),
                bytes);
    }

    private static LeaderAndEpoch leader(int leaderId, int epoch) {
        require(epoch >= 0);
        return new LeaderAndEpoch(Math.max(leaderId, LeaderAndEpoch.NO_LEADER), epoch);
    }

    private static RaftError error(short code) {
        String name = Errors.forCode(code).name();
        for (RaftError known : RaftError.values()) {
            if (known.name().equals(name)) {
                return known;
            }
        }
        return RaftError.INVALID_REQUEST;
    }

    private static <T> T only(List<T> items) {
        require(items.size() == 1);
        return items.getFirst();
    }

    private static void require(boolean holds) {
        if (!holds) {
            throw new IllegalArgumentException("not an answer about the metadata partition");
        }
    }
}
