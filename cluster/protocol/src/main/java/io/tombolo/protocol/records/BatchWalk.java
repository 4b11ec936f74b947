package io.tombolo.protocol.records;

import java.nio.ByteBuffer;

/**
 * Visits the batches that lie one behind the other in a buffer, without checksums and without
 * allocating per batch.
 *
 * <pre>{@code
 * var walk = new BatchWalk(bytes);
 * while (walk.next()) {
 *     use(walk.batch());
 * }
 * if (walk.verdict() != BatchVerdict.VALID) { ... } // INCOMPLETE: the last batch is cut short
 * }</pre>
 */
public final class BatchWalk {

    private final ByteBuffer buffer;
    private final BatchView batch = new BatchView();
    private int position;
    private BatchVerdict verdict = BatchVerdict.VALID;

    /** A walk from the buffer's position to its limit, neither of which it changes. */
    public BatchWalk(ByteBuffer buffer) {
        this.buffer = buffer;
        this.position = buffer.position();
    }

    /**
     * Moves to the next whole batch; false at the end, and at bytes that are no whole batch of
     * format 2.
     */
    public boolean next() {
        if (verdict != BatchVerdict.VALID || position == buffer.limit()) {
            return false;
        }
        verdict = batch.at(buffer, position).frameVerdict();
        if (verdict != BatchVerdict.VALID) {
            return false;
        }
        position += batch.lengthBytes();
        return true;
    }

    /** The batch found last; the same object each time. */
    public BatchView batch() {
        return batch;
    }

    /**
     * VALID unless {@link #next} stopped before the limit; then why: INCOMPLETE for a batch that is
     * cut short, otherwise a frame that cannot be read.
     */
    public BatchVerdict verdict() {
        return verdict;
    }

    /** The index after the last whole batch. */
    public int position() {
        return position;
    }
}
