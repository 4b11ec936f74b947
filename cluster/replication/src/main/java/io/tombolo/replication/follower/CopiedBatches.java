package io.tombolo.replication.follower;

import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.storage.log.AppendResult;
import io.tombolo.storage.log.ChangeResult;
import io.tombolo.storage.log.PartitionLog;

import java.nio.ByteBuffer;

/** Appends batches of another log as they are, at the end of this one. */
public final class CopiedBatches {

    private final PartitionLog log;

    public CopiedBatches(PartitionLog log) {
        this.log = log;
    }

    /**
     * Appends batches that were fetched from the log end on; checksums, order and epochs are
     * checked.
     */
    public AppendResult append(ByteBuffer batches) {
        return beginsBelowEmptyLog(batches)
                ? appendAcrossStart(batches)
                : log.appendAsFollower(batches, log.endOffset());
    }

    /** The highest leader epoch of the batches; bytes that are no batch are the log's to refuse. */
    public static int highestEpoch(ByteBuffer batches) {
        int highest = -1;
        var walk = new BatchWalk(batches);
        while (walk.next()) {
            highest = Math.max(highest, walk.batch().partitionLeaderEpoch());
        }
        return highest;
    }

    /** The start of the other log may lie inside a batch, which a fetch gives whole. */
    private boolean beginsBelowEmptyLog(ByteBuffer batches) {
        var walk = new BatchWalk(batches);
        return log.startOffset() == log.endOffset()
                && walk.next()
                && walk.batch().verdict() == BatchVerdict.VALID
                && walk.batch().baseOffset() < log.endOffset()
                && walk.batch().nextOffset() > log.endOffset();
    }

    /** Moves the empty log back to the beginning of the batch, then its start forward again. */
    private AppendResult appendAcrossStart(ByteBuffer batches) {
        long startOffset = log.startOffset();
        long baseOffset = BatchView.of(batches).baseOffset();
        if (log.truncateFullyAndStartAt(baseOffset)
                instanceof ChangeResult.Failed(Exception cause)) {
            return new AppendResult.Failed(cause);
        }
        AppendResult result = log.appendAsFollower(batches, baseOffset);
        ChangeResult restored =
                result instanceof AppendResult.Appended
                        ? log.deleteRecordsBefore(startOffset, log.endOffset())
                        : log.truncateFullyAndStartAt(startOffset);
        return switch (restored) {
            case ChangeResult.Changed _ -> result;
            case ChangeResult.OutOfRange(long _, long end) ->
                    new AppendResult.NotContiguous(end, startOffset);
            case ChangeResult.Failed(Exception cause) -> new AppendResult.Failed(cause);
        };
    }
}
