package io.tombolo.protocol.records;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * The control record that ends a transaction in one partition.
 *
 * @param commit whether it was committed, otherwise aborted
 * @param coordinatorEpoch epoch of the transaction coordinator that decided
 */
public record EndTransactionMarker(boolean commit, int coordinatorEpoch) {

    private static final short VERSION = 0;
    private static final short ABORT = 0;
    private static final short COMMIT = 1;
    private static final int KEY_BYTES = 4;
    private static final int VALUE_BYTES = 6;

    // A marker is never compressed; a few kilobytes are more than a foreign one could need.
    private static final int INFLATED_BYTES_MAX = 8 << 10;

    /**
     * The marker as a control batch of one record.
     *
     * @param nowMs the record's timestamp, milliseconds since the epoch
     */
    public ByteBuffer batch(
            long baseOffset, int leaderEpoch, long nowMs, long producerId, short producerEpoch) {
        var spec =
                new BatchSpec(
                        baseOffset,
                        leaderEpoch,
                        BatchCompression.NONE,
                        producerId,
                        producerEpoch,
                        BatchView.NO_PRODUCER,
                        true,
                        true,
                        false);
        ByteBuffer key = ByteBuffer.allocate(KEY_BYTES).putShort(VERSION);
        key.putShort(commit ? COMMIT : ABORT).flip();
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).putShort(VERSION);
        value.putInt(coordinatorEpoch).flip();
        return new BatchBuilder(spec).append(nowMs, key, value).build();
    }

    /**
     * The marker that a batch holds; empty when it is no control batch, or one of another kind. The
     * batch must have passed {@link BatchView#verdict}.
     */
    public static Optional<EndTransactionMarker> read(BatchView batch) {
        if (!batch.control() || !batch.transactional()) {
            return Optional.empty();
        }
        var reader = new RecordReader(INFLATED_BYTES_MAX).open(batch);
        if (!reader.next()) {
            return Optional.empty();
        }
        ByteBuffer key = reader.key();
        ByteBuffer value = reader.value();
        if (key == null
                || key.remaining() < KEY_BYTES
                || value == null
                || value.remaining() < VALUE_BYTES) {
            return Optional.empty();
        }
        short type = key.getShort(Short.BYTES);
        int epoch = value.getInt(Short.BYTES);
        return type == COMMIT || type == ABORT
                ? Optional.of(new EndTransactionMarker(type == COMMIT, epoch))
                : Optional.empty();
    }
}
