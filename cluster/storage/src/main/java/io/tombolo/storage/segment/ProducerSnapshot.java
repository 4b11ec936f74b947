package io.tombolo.storage.segment;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * A file with the producers of a log as of an offset, which its name tells.
 *
 * @param producers in ascending order of their ids
 */
public record ProducerSnapshot(List<Entry> producers) {

    private static final short VERSION = 1;
    private static final int HEADER_BYTES = Short.BYTES + Integer.BYTES;
    private static final int ENTRY_BYTES = 8 + 2 + 4 + 8 + 4 + 8 + 4 + 8;

    /**
     * One producer.
     *
     * @param lastSequence sequence of its last record, -1 when none is remembered
     * @param lastOffset offset of its last record, -1 likewise
     * @param offsetDelta offsets from the first to the last record of its last batch
     * @param openTransactionOffset first offset of its open transaction, -1 when it has none
     */
    public record Entry(
            long producerId,
            short producerEpoch,
            int lastSequence,
            long lastOffset,
            int offsetDelta,
            long timestampMs,
            int coordinatorEpoch,
            long openTransactionOffset) {}

    public ByteBuffer encode() {
        var bytes =
                ByteBuffer.allocate(HEADER_BYTES + Integer.BYTES + producers.size() * ENTRY_BYTES);
        bytes.putShort(VERSION).putInt(0).putInt(producers.size());
        for (Entry entry : producers) {
            bytes.putLong(entry.producerId)
                    .putShort(entry.producerEpoch)
                    .putInt(entry.lastSequence)
                    .putLong(entry.lastOffset)
                    .putInt(entry.offsetDelta)
                    .putLong(entry.timestampMs)
                    .putInt(entry.coordinatorEpoch)
                    .putLong(entry.openTransactionOffset);
        }
        bytes.flip();
        return bytes.putInt(Short.BYTES, checksum(bytes));
    }

    /** The snapshot in a file's bytes; empty when they are damaged. */
    public static Optional<ProducerSnapshot> decode(ByteBuffer bytes) {
        if (bytes.remaining() < HEADER_BYTES + Integer.BYTES
                || bytes.getShort(0) != VERSION
                || bytes.getInt(Short.BYTES) != checksum(bytes)) {
            return Optional.empty();
        }
        bytes.position(HEADER_BYTES);
        int count = bytes.getInt();
        if (count < 0 || bytes.remaining() != (long) count * ENTRY_BYTES) {
            return Optional.empty();
        }
        var producers = new ArrayList<Entry>(count);
        for (int index = 0; index < count; index++) {
            producers.add(
                    new Entry(
                            bytes.getLong(),
                            bytes.getShort(),
                            bytes.getInt(),
                            bytes.getLong(),
                            bytes.getInt(),
                            bytes.getLong(),
                            bytes.getInt(),
                            bytes.getLong()));
        }
        return Optional.of(new ProducerSnapshot(producers));
    }

    private static int checksum(ByteBuffer bytes) {
        var crc = new CRC32C();
        crc.update(bytes.slice(HEADER_BYTES, bytes.limit() - HEADER_BYTES));
        return (int) crc.getValue();
    }
}
