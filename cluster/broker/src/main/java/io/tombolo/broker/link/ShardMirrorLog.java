package io.tombolo.broker.link;

import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.replication.MirrorAppendOutcome;
import io.tombolo.replication.Partition;

import org.apache.kafka.common.TopicIdPartition;

import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The mirror partitions of this broker, for a link that works on {@code loop}. */
record ShardMirrorLog(Shards shards, EventLoop loop) implements MirrorLog {

    @Override
    public void position(LinkPartition partition, Consumer<PositionAnswer> answer) {
        ask(partition, ShardMirrorLog::positionOf, answer);
    }

    private static PositionAnswer positionOf(Optional<Partition> hosted) {
        if (hosted.isEmpty() || hosted.get().role().leading().isEmpty()) {
            return new Failed("this broker does not lead the partition");
        }
        Partition partition = hosted.get();
        return new Opened(
                new Position(
                        partition.log().startOffset(),
                        partition.highWatermark(),
                        partition.log().endOffset(),
                        partition.log().latestEpoch().orElse(-1),
                        partition.role().leaderEpoch()));
    }

    @Override
    public void append(Append append, Consumer<AppendAnswer> answer) {
        ask(
                append.partition(),
                hosted ->
                        hosted.isEmpty()
                                ? new Failed("this broker does not host the partition")
                                : answerOf(
                                        hosted.get()
                                                .appendAsMirrorLeader(
                                                        append.batches(),
                                                        append.ownershipEpoch(),
                                                        append.expectedEndOffset())),
                answer);
    }

    @Override
    public void raiseLogStart(
            LinkPartition partition,
            long logStartOffset,
            long ownershipEpoch,
            Consumer<AppendAnswer> answer) {
        ask(
                partition,
                hosted ->
                        hosted.isEmpty()
                                ? new Failed("this broker does not host the partition")
                                : answerOf(
                                        hosted.get()
                                                .raiseMirrorStart(logStartOffset, ownershipEpoch)),
                answer);
    }

    private static AppendAnswer answerOf(MirrorAppendOutcome outcome) {
        return switch (outcome) {
            case MirrorAppendOutcome.Appended(long end, long highWatermark) ->
                    new Appended(end, highWatermark);
            case MirrorAppendOutcome.StaleOwnership(long epoch) -> new StaleOwnership(epoch);
            case MirrorAppendOutcome.EpochFenced(int epoch) -> new EpochFenced(epoch);
            case MirrorAppendOutcome.OutOfOrder(long end) -> new OutOfOrder(end);
            case MirrorAppendOutcome.Refused(String reason) -> new Refused(reason);
            case MirrorAppendOutcome.Unavailable(String reason) -> new Failed(reason);
        };
    }

    @Override
    public void endOfEpoch(LinkPartition partition, int leaderEpoch, Consumer<EpochAnswer> answer) {
        ask(
                partition,
                hosted ->
                        hosted.<EpochAnswer>map(found ->
                                        found.log()
                                                .endOffsetForEpoch(leaderEpoch)
                                                .map(end ->
                                                        new EpochEnd(
                                                                end.leaderEpoch(), end.endOffset()))
                                                .orElse(new EpochEnd(-1, -1)))
                                .orElse(new Failed("this broker does not host the partition")),
                answer);
    }

    private <T> void ask(
            LinkPartition partition,
            Function<Optional<Partition>, T> question,
            Consumer<T> answer) {
        shards.ask(
                new TopicIdPartition(partition.topicId(), partition.partition(), partition.topic()),
                loop,
                question,
                answer);
    }
}
