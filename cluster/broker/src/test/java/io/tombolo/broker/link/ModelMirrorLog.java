package io.tombolo.broker.link;

import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.MirrorLog;

import org.jspecify.annotations.Nullable;

import java.util.function.Consumer;
import java.util.function.Function;

/** Logs of which only the position is known; none where this broker does not lead. */
record ModelMirrorLog(Function<LinkPartition, @Nullable Position> positions) implements MirrorLog {

    @Override
    public void position(LinkPartition partition, Consumer<PositionAnswer> answer) {
        Position position = positions.apply(partition);
        answer.accept(position == null ? new Failed("not led here") : new Opened(position));
    }

    @Override
    public void awaitHighWatermark(
            LinkPartition partition,
            int leaderEpoch,
            long offset,
            Consumer<PositionAnswer> answer) {
        position(partition, answer);
    }

    @Override
    public void copyElsewhere(LinkPartition partition, Consumer<PositionAnswer> answer) {
        position(partition, answer);
    }

    @Override
    public void append(Append append, Consumer<AppendAnswer> answer) {
        answer.accept(new Failed("nothing is appended here"));
    }

    @Override
    public void raiseLogStart(
            LinkPartition partition,
            long logStartOffset,
            long ownershipEpoch,
            Consumer<AppendAnswer> answer) {
        answer.accept(new Failed("nothing is changed here"));
    }

    @Override
    public void endOfEpoch(LinkPartition partition, int leaderEpoch, Consumer<EpochAnswer> answer) {
        answer.accept(new Failed("nothing is known here"));
    }
}
