package io.tombolo.region.link;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * The logs of mirror partitions that this broker leads. Called on the loop of the link; each call
 * is answered exactly once on that loop, possibly before the call returns. Calls for one partition
 * take effect in the order in which they were made.
 */
public interface MirrorLog {

    /**
     * Reads where the log of a partition stands, as its leader, and its last batch. A log that is
     * still being recovered answers when it is ready.
     */
    void position(LinkPartition partition, Consumer<PositionAnswer> answer);

    /**
     * Waits until the high watermark of a partition has reached an offset: from then on no change
     * of leader in this region loses what lies below. Answered at once when it has, and as soon as
     * this is another leadership than the one meant: then with its position, or with {@link Failed}
     * when it is another broker's.
     */
    void awaitHighWatermark(
            LinkPartition partition, int leaderEpoch, long offset, Consumer<PositionAnswer> answer);

    /**
     * Reads where a copy stands that another broker leads, as far as it is known here: never ahead
     * of the leader, perhaps a little behind it. {@link Failed} when nothing is known.
     */
    void copyElsewhere(LinkPartition partition, Consumer<PositionAnswer> answer);

    /**
     * Appends batches as they are: offsets, leader epochs, producer ids and checksums are kept. All
     * batches of one call are appended, or none.
     *
     * <p>The first batch must begin at the log end offset or above it (compaction leaves such gaps
     * at the source). Only when the log is empty it may begin below: a source whose log start lies
     * inside a batch gives that batch whole.
     *
     * <p>The buffer stays valid and unchanged until the answer; it is neither changed nor kept
     * after that. A success is answered when the batches are in the local log; the high watermark
     * in it tells how far they are safe in this region.
     */
    void append(Append append, Consumer<AppendAnswer> answer);

    /**
     * Raises the log start offset to follow the source's. On an empty log this also moves the end;
     * otherwise {@code logStartOffset} must not exceed the log end offset. A value at or below the
     * present start changes nothing and succeeds.
     */
    void raiseLogStart(
            LinkPartition partition,
            long logStartOffset,
            long ownershipEpoch,
            Consumer<AppendAnswer> answer);

    /**
     * Finds the end of a leader epoch in the local log, as OffsetForLeaderEpoch does: the largest
     * epoch ≤ {@code leaderEpoch} and the offset after its last record; both −1 when the log holds
     * no such epoch.
     */
    void endOfEpoch(LinkPartition partition, int leaderEpoch, Consumer<EpochAnswer> answer);

    /**
     * Batches to append.
     *
     * @param batches whole batches, position to limit
     * @param sourceLeaderEpoch the highest leader epoch among the batches
     * @param ownershipEpoch the epoch under which the link writes
     * @param expectedEndOffset the log end offset that the link counts on
     * @param leaderEpoch of the position that it counts on: under another leadership, though it be
     *     this broker's again, the append is {@link Failed}
     */
    record Append(
            LinkPartition partition,
            ByteBuffer batches,
            int sourceLeaderEpoch,
            long ownershipEpoch,
            long expectedEndOffset,
            int leaderEpoch) {}

    /**
     * Where a log stands.
     *
     * @param logStartOffset ≤ highWatermark
     * @param highWatermark ≤ endOffset
     * @param lastEpoch the highest leader epoch among the batches, −1 when the log is empty
     * @param leaderEpoch the leader epoch of the partition in this region
     * @param lastChecksum of the last batch, by which it can be recognised; −1 when there is none,
     *     when it is not as its producer sent it (compaction), and where it was not asked for
     */
    record Position(
            long logStartOffset,
            long highWatermark,
            long endOffset,
            int lastEpoch,
            int leaderEpoch,
            long lastChecksum) {

        /** Where nobody looked at the last batch. */
        public Position(
                long logStartOffset,
                long highWatermark,
                long endOffset,
                int lastEpoch,
                int leaderEpoch) {
            this(logStartOffset, highWatermark, endOffset, lastEpoch, leaderEpoch, -1);
        }

        /** Whether there is no batch. */
        public boolean empty() {
            return logStartOffset == endOffset;
        }
    }

    /** What became of a question for the position. */
    sealed interface PositionAnswer {}

    /** What became of an append, or of raising the log start. */
    sealed interface AppendAnswer {}

    /** What became of a question for the end of an epoch. */
    sealed interface EpochAnswer {}

    /** The log is open. */
    record Opened(Position position) implements PositionAnswer {}

    /** Done; both are of the moment after it. */
    record Appended(long endOffset, long highWatermark) implements AppendAnswer {}

    /** The region knows a higher ownership epoch, or the topic is no mirror topic any more. */
    record StaleOwnership(long ownershipEpoch) implements AppendAnswer {}

    /** A batch has a higher leader epoch than the partition here; it must be raised first. */
    record EpochFenced(int leaderEpoch) implements AppendAnswer {}

    /** The log ends elsewhere than the link thought. */
    record OutOfOrder(long endOffset) implements AppendAnswer {}

    /** The end of an epoch. */
    record EpochEnd(int leaderEpoch, long endOffset) implements EpochAnswer {}

    /** These batches will never be accepted. */
    record Refused(String detail) implements AppendAnswer {}

    /** Not now: this broker does not lead the partition, or its storage is in trouble. */
    record Failed(String detail) implements PositionAnswer, AppendAnswer, EpochAnswer {}
}
