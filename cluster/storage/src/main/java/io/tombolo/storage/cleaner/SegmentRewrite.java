package io.tombolo.storage.cleaner;

import io.tombolo.environment.Invariant;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.segment.Segment;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The second half of a pass, for one group of segments: writes what is left of them into one.
 * Blocks; one thread at a time.
 *
 * <p>Without a target it only looks whether anything would change, up to the first batch that does.
 */
final class SegmentRewrite {

    private final SoundBatches batches;
    private final BatchCleaning cleaning;
    private final long endOffset;
    private final @Nullable Output output;
    private boolean changed;
    private boolean done;

    /** Where batches go. */
    private static final class Output {

        private final Segment target;
        private final int indexIntervalBytes;
        private ByteBuffer buffer;

        Output(Segment target, int indexIntervalBytes, int bufferBytes) {
            this.target = target;
            this.indexIntervalBytes = indexIntervalBytes;
            this.buffer = ByteBuffer.allocate(bufferBytes);
        }

        void add(ByteBuffer batch) throws IOException {
            target.added(BatchView.of(batch), indexIntervalBytes);
            if (batch.remaining() > buffer.remaining()) {
                flush();
            }
            if (batch.remaining() > buffer.capacity()) {
                target.log().append(batch);
            } else {
                buffer.put(batch);
            }
        }

        void flush() throws IOException {
            if (buffer.flip().hasRemaining()) {
                target.log().append(buffer);
            }
            buffer.clear();
        }
    }

    private SegmentRewrite(
            SoundBatches batches, BatchCleaning cleaning, long endOffset, @Nullable Output output) {
        this.batches = batches;
        this.cleaning = cleaning;
        this.endOffset = endOffset;
        this.output = output;
    }

    /** Looks whether anything would change. */
    static SegmentRewrite survey(SoundBatches batches, BatchCleaning cleaning, long endOffset) {
        return new SegmentRewrite(batches, cleaning, endOffset, null);
    }

    /**
     * Writes into an empty segment, which is complete and forced when this is {@link #done}.
     *
     * @param endOffset of the last of the segments
     */
    static SegmentRewrite into(
            Segment target,
            SoundBatches batches,
            BatchCleaning cleaning,
            long endOffset,
            int indexIntervalBytes,
            int bufferBytes) {
        return new SegmentRewrite(
                batches, cleaning, endOffset, new Output(target, indexIntervalBytes, bufferBytes));
    }

    /** Goes on for about so many bytes; gives how many were read and written. */
    long step(long bytesMax) throws IOException {
        long before = moved();
        while (!done && moved() - before < bytesMax) {
            BatchView batch = batches.next();
            if (batch == null) {
                finish();
            } else {
                take(batch);
            }
        }
        return moved() - before;
    }

    private long moved() {
        return batches.bytes() + (output == null ? 0 : output.target.sizeBytes());
    }

    private void take(BatchView batch) throws IOException {
        BatchCleaning.Fate fate = cleaning.of(batch, batch.nextOffset() == endOffset);
        changed |= !(fate instanceof BatchCleaning.Fate.Whole);
        Output to = output;
        if (to == null) {
            done = changed;
            return;
        }
        switch (fate) {
            case BatchCleaning.Fate.Gone _ -> {}
            case BatchCleaning.Fate.Whole _ -> keep(to, batch, batch.bytes());
            case BatchCleaning.Fate.Rewritten(ByteBuffer left) ->
                    keep(to, BatchView.of(left), left);
        }
    }

    /** The entry of an aborted transaction lives as long as its marker. */
    private void keep(Output to, BatchView kept, ByteBuffer bytes) throws IOException {
        if (kept.control() && kept.recordCount() > 0) {
            cleaning.transactions().abortedBy(kept).ifPresent(to.target::aborted);
        }
        to.add(bytes);
    }

    private void finish() throws IOException {
        Output to = output;
        if (to != null) {
            to.flush();
            Invariant.check(
                    to.target.endOffset() == endOffset,
                    "a compacted segment ends at %d instead of %d",
                    to.target.endOffset(),
                    endOffset);
            to.target.forceCleaned();
        }
        done = true;
    }

    boolean done() {
        return done;
    }

    /** Whether anything is not as it was. */
    boolean changed() {
        return changed;
    }
}
