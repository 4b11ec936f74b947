package io.tombolo.storage.cleaner;

import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.RecordReader;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;

/**
 * The first half of a pass: notes the latest offset of each key in the part of a log that has not
 * been compacted, until its end or until the memory is full. Blocks; one thread at a time.
 */
final class KeyScan {

    private final OffsetMap latest;
    private final Transactions transactions;
    private final SoundBatches batches;
    private final long fromOffset;
    private final RecordReader reader;
    private SegmentView segment;
    private boolean done;

    /**
     * @param fromOffset the first record that has not been compacted; it may lie within a batch
     */
    KeyScan(
            OffsetMap latest,
            Transactions transactions,
            SoundBatches batches,
            long fromOffset,
            int inflatedBytesMax) {
        this.latest = latest;
        this.transactions = transactions;
        this.batches = batches;
        this.fromOffset = fromOffset;
        this.reader = new RecordReader(inflatedBytesMax);
        this.segment = batches.current();
    }

    /** Goes on for about so many bytes; gives how many it was. */
    long step(long bytesMax) throws IOException {
        long before = batches.bytes();
        while (!done && batches.bytes() - before < bytesMax) {
            BatchView batch = batches.next();
            if (batch == null) {
                latest.reached(segment.endOffset() - 1);
                done = true;
                break;
            }
            if (batches.current() != segment) {
                latest.reached(segment.endOffset() - 1);
                segment = batches.current();
            }
            done = !note(batch);
        }
        return batches.bytes() - before;
    }

    /** Whether there is nothing left, or no memory for it. */
    boolean done() {
        return done;
    }

    /** False when a key had no room: what was noted reaches up to the record before. */
    private boolean note(BatchView batch) throws IOException {
        if (!batch.control() && !transactions.aborted(batch)) {
            reader.open(batch);
            while (reader.next()) {
                if (reader.offset() >= fromOffset) {
                    var key = reader.key();
                    if (key != null && !latest.put(key, reader.offset())) {
                        return false;
                    }
                    latest.reached(reader.offset());
                }
            }
            if (reader.refusal() != null) {
                throw new IOException(
                        "the records of the batch at offset %d cannot be read: %s"
                                .formatted(batch.baseOffset(), reader.refusal()));
            }
        }
        latest.reached(batch.lastOffset());
        return true;
    }
}
