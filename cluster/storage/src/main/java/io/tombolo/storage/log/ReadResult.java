package io.tombolo.storage.log;

import io.tombolo.environment.Payload;
import io.tombolo.storage.segment.AbortedTransaction;

import java.util.List;

/** What a read found. */
public sealed interface ReadResult {

    /**
     * Whole batches, possibly none. The first batch may begin below the offset asked for, because
     * batches are never cut.
     *
     * @param parts the batches, in order; the caller releases each part exactly once. They stay
     *     readable when the segment is deleted
     * @param firstOffset base offset of the first batch; the offset asked for when there is none
     * @param nextOffset offset after the last batch: where the next read goes on
     * @param bytes length of all parts together
     * @param abortedTransactions for {@link Isolation#READ_COMMITTED}: the aborted transactions
     *     that overlap the batches, by first offset; otherwise empty
     */
    record Slice(
            List<Payload> parts,
            long firstOffset,
            long nextOffset,
            int bytes,
            List<AbortedTransaction> abortedTransactions)
            implements ReadResult {

        /** Nothing to read at an offset. */
        public static Slice empty(long offset) {
            return new Slice(List.of(), offset, offset, 0, List.of());
        }
    }

    /** The offset is below the start or above the end of the log. */
    record OutOfRange(long startOffset, long endOffset) implements ReadResult {}

    /**
     * The batches are probably not in memory: run the read on {@code Offload} and use what it
     * returns.
     */
    record Cold(ColdRead read) implements ReadResult {}

    /** The log changed under a cold read (truncated or deleted): read again. */
    record Overtaken() implements ReadResult {}

    /**
     * The batches cannot be read: the disk failed, or their bytes are damaged. The log itself goes
     * on unless {@link PartitionLog#failure()} says otherwise.
     */
    record Failed(Exception cause) implements ReadResult {}
}
