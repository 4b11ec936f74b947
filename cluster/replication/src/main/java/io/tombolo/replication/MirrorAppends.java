package io.tombolo.replication;

import io.tombolo.replication.follower.CopiedBatches;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ChangeResult;
import io.tombolo.storage.log.PartitionLog;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a link changes a log: batches at the offsets and epochs of their source, and a log start that
 * follows the source's. Who may do so is decided by the {@link Partition}, which also moves the
 * high watermark afterwards; an empty answer means that the change was made.
 */
final class MirrorAppends {

    private final PartitionLog log;
    private final CopiedBatches copied;
    private final Consumer<Exception> withoutRoom;

    /**
     * @param withoutRoom hears of each append for which the disk has no room
     */
    MirrorAppends(PartitionLog log, Consumer<Exception> withoutRoom) {
        this.log = log;
        this.withoutRoom = withoutRoom;
        this.copied = new CopiedBatches(log);
    }

    /**
     * Appends batches as they are.
     *
     * @param leaderEpoch no batch may have a higher one
     * @param expectedEndOffset the log end that the link counts on, and the offset it fetched from
     */
    Optional<MirrorAppendOutcome> append(
            ByteBuffer batches, int leaderEpoch, long expectedEndOffset) {
        if (log.endOffset() != expectedEndOffset) {
            return Optional.of(new MirrorAppendOutcome.OutOfOrder(log.endOffset()));
        }
        if (CopiedBatches.highestEpoch(batches) > leaderEpoch) {
            return Optional.of(new MirrorAppendOutcome.EpochFenced(leaderEpoch));
        }
        return refusalOf(copied.append(batches));
    }

    /** Raises the log start to the source's; on an empty log the end moves with it. */
    Optional<MirrorAppendOutcome> raiseStart(long startOffset) {
        boolean empty = log.startOffset() == log.endOffset();
        return refusalOf(
                empty && startOffset > log.endOffset()
                        ? log.truncateFullyAndStartAt(startOffset)
                        : log.deleteRecordsBefore(startOffset, log.endOffset()));
    }

    private Optional<MirrorAppendOutcome> refusalOf(AppendResult result) {
        return switch (result) {
            case AppendResult.Appended _ -> Optional.empty();
            case AppendResult.NotContiguous(long endOffset, long _) ->
                    Optional.of(new MirrorAppendOutcome.OutOfOrder(endOffset));
            case AppendResult.NoRoom(Exception cause) -> {
                withoutRoom.accept(cause);
                yield Optional.of(unavailable(cause));
            }
            case AppendResult.Failed(Exception cause) -> Optional.of(unavailable(cause));
            default ->
                    Optional.of(
                            new MirrorAppendOutcome.Refused(
                                    AppendRefusals.toOutcome(result).message()));
        };
    }

    private static Optional<MirrorAppendOutcome> refusalOf(ChangeResult change) {
        return switch (change) {
            case ChangeResult.Changed _ -> Optional.empty();
            case ChangeResult.OutOfRange(long _, long end) ->
                    Optional.of(new MirrorAppendOutcome.OutOfOrder(end));
            case ChangeResult.Failed(Exception cause) -> Optional.of(unavailable(cause));
        };
    }

    private static MirrorAppendOutcome unavailable(Exception cause) {
        return new MirrorAppendOutcome.Unavailable(String.valueOf(cause.getMessage()));
    }
}
