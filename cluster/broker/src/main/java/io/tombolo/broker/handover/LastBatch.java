package io.tombolo.broker.handover;

import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.storage.log.ReadResult;

import java.io.IOException;

/**
 * The batch that a log ends with, as far as it tells two histories apart.
 *
 * @param leaderEpoch −1 when there is no batch, and so is the checksum
 * @param checksum unsigned
 * @param asProduced whether compaction has not rewritten it
 */
public record LastBatch(int leaderEpoch, long checksum, boolean asProduced) {

    /** Looks at what was read of the end of a log, and gives it back. Not for a loop. */
    public static LastBatch of(ReadResult read) throws IOException {
        ReadResult found = read instanceof ReadResult.Cold(var cold) ? cold.call() : read;
        if (!(found instanceof ReadResult.Slice slice)) {
            throw new IOException("the log gives " + found);
        }
        var last = new LastBatch(-1, -1, false);
        try {
            for (Payload part : slice.parts()) {
                for (int position = 0; position < part.length(); ) {
                    BatchView batch = BatchView.of(part.read(position, BatchView.HEADER_BYTES));
                    last =
                            new LastBatch(
                                    batch.partitionLeaderEpoch(),
                                    Integer.toUnsignedLong(batch.crc()),
                                    batch.asProduced());
                    position += batch.lengthBytes();
                }
            }
        } finally {
            slice.parts().forEach(Payload::release);
        }
        return last;
    }
}
