package io.tombolo.broker.link;

import io.tombolo.broker.handover.LastBatch;
import io.tombolo.broker.shard.Shards;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.replication.FetchWaiter;
import io.tombolo.replication.MirrorAppendOutcome;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.Isolation;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.TopicIdPartition;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The mirror partitions of this broker, for a link that works on {@code loop}. */
record ShardMirrorLog(Shards shards, Offload offload, EventLoop loop, RegionPeers peers)
        implements MirrorLog {

    /** Where a log stands, and its end as far as there is one to look at. */
    private record Look(PositionAnswer answer, Optional<ReadResult> last) {}

    @Override
    public void position(LinkPartition partition, Consumer<PositionAnswer> answer) {
        ask(partition, ShardMirrorLog::look, look -> opened(partition, look, answer));
    }

    private static Look look(Optional<Partition> hosted) {
        PositionAnswer answer = positionOf(hosted);
        return answer instanceof Opened(Position position) && !position.empty()
                ? new Look(answer, hosted.map(found -> last(found.log(), position.endOffset())))
                : new Look(answer, Optional.empty());
    }

    private static ReadResult last(PartitionLog log, long end) {
        return log.read(end - 1, 1, end, Isolation.READ_UNCOMMITTED);
    }

    /** What is not in memory is read off the loops. */
    private void opened(LinkPartition partition, Look look, Consumer<PositionAnswer> answer) {
        if (!(look.answer() instanceof Opened(Position position)) || look.last().isEmpty()) {
            answer.accept(look.answer());
            return;
        }
        ReadResult last = look.last().get();
        offload.submit(
                partition.hashCode(),
                () -> LastBatch.of(last),
                loop,
                outcome ->
                        answer.accept(
                                switch (outcome) {
                                    case Offload.Outcome.Done<LastBatch>(var batch) ->
                                            new Opened(recognised(position, batch));
                                    case Offload.Outcome.Failed<LastBatch>(var cause) ->
                                            new Failed("the last batch cannot be read: " + cause);
                                }));
    }

    private static Position recognised(Position position, LastBatch batch) {
        return new Position(
                position.logStartOffset(),
                position.highWatermark(),
                position.endOffset(),
                position.lastEpoch(),
                position.leaderEpoch(),
                batch.asProduced() ? batch.checksum() : -1);
    }

    /** What the leader told a moment ago, when this broker has no copy of its own. */
    private PositionAnswer toldOf(LinkPartition partition) {
        return peers.links().stream()
                .flatMap(link -> link.topics().stream())
                .flatMap(topic -> topic.partitions().stream())
                .filter(one -> one.partition().equals(partition))
                .map(LinkStatus.PartitionStatus::progress)
                .filter(progress -> progress.highWatermark() >= 0)
                .max(Comparator.comparingLong(LinkStatus.Progress::highWatermark))
                .<PositionAnswer>map(progress ->
                        new Opened(
                                new Position(
                                        0,
                                        progress.highWatermark(),
                                        progress.highWatermark(),
                                        progress.highestEpoch(),
                                        -1)))
                .orElse(new Failed("nobody told of the partition"));
    }

    private static PositionAnswer positionOf(Optional<Partition> hosted) {
        if (hosted.isEmpty() || hosted.get().role().leading().isEmpty()) {
            return new Failed("this broker does not lead the partition");
        }
        return new Opened(standing(hosted.get()));
    }

    private static Position standing(Partition partition) {
        return new Position(
                partition.log().startOffset(),
                partition.highWatermark(),
                partition.log().endOffset(),
                partition.log().latestEpoch().orElse(-1),
                partition.role().leaderEpoch());
    }

    @Override
    public void awaitHighWatermark(
            LinkPartition partition,
            int leaderEpoch,
            long offset,
            Consumer<PositionAnswer> answer) {
        shards.<PositionAnswer>askAll(
                List.of(idOf(partition)),
                loop,
                (_, hosted, fill) ->
                        hosted.ifPresentOrElse(
                                found -> new Awaited(found, leaderEpoch, offset, fill).begin(),
                                () -> fill.accept(positionOf(hosted))),
                answers -> answer.accept(answers.getFirst()));
    }

    /** Waits on a partition until its leadership has got so far, or is over. */
    private static final class Awaited implements FetchWaiter {

        private final Partition partition;
        private final int leaderEpoch;
        private final long offset;
        private final Consumer<PositionAnswer> answer;
        private boolean answered;

        Awaited(
                Partition partition,
                int leaderEpoch,
                long offset,
                Consumer<PositionAnswer> answer) {
            this.partition = partition;
            this.leaderEpoch = leaderEpoch;
            this.offset = offset;
            this.answer = answer;
        }

        void begin() {
            partition.addWaiter(this);
            advanced(partition);
        }

        @Override
        public void advanced(Partition changed) {
            PositionAnswer now = positionOf(Optional.of(partition));
            boolean waits =
                    now instanceof Opened(Position position)
                            && position.leaderEpoch() == leaderEpoch
                            && position.highWatermark() < offset;
            if (!answered && !waits) {
                answered = true;
                partition.removeWaiter(this);
                answer.accept(now);
            }
        }
    }

    @Override
    public void copyElsewhere(LinkPartition partition, Consumer<PositionAnswer> answer) {
        ask(
                partition,
                hosted ->
                        hosted.filter(found -> !(found.role() instanceof Role.Idle))
                                .<PositionAnswer>map(found -> new Opened(standing(found)))
                                .orElseGet(() -> toldOf(partition)),
                answer);
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
                                                        append.leaderEpoch(),
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
        shards.ask(idOf(partition), loop, question, answer);
    }

    private static TopicIdPartition idOf(LinkPartition partition) {
        return new TopicIdPartition(partition.topicId(), partition.partition(), partition.topic());
    }
}
