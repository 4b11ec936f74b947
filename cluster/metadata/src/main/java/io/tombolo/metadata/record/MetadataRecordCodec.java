package io.tombolo.metadata.record;

import java.nio.ByteBuffer;

/**
 * The binary form of metadata records: type, version, fields, tagged fields. Pure functions; safe
 * from any thread.
 *
 * <p>A reader skips tagged fields that it does not know. It refuses types and versions that it does
 * not know: skipping a whole record would let two nodes of one region disagree.
 */
public final class MetadataRecordCodec {

    private MetadataRecordCodec() {}

    /** The bytes of one record; the caller owns them. */
    public static byte[] encode(MetadataRecord record) {
        RecordType type = RecordFields.typeOf(record);
        FieldWriter to = new FieldWriter().number(type.code()).number(type.version());
        RecordFields.write(record, to);
        return to.toBytes();
    }

    /** As {@link #decode(ByteBuffer)}. */
    public static MetadataRecord decode(byte[] bytes) {
        return decode(ByteBuffer.wrap(bytes));
    }

    /**
     * The record that takes all the remaining bytes of a buffer; the buffer is not kept.
     *
     * @throws UnreadableRecord when they are not exactly one record that this version understands
     */
    public static MetadataRecord decode(ByteBuffer bytes) {
        var from = new FieldReader(bytes.slice());
        RecordType type = RecordType.ofCode(from.smallNumber());
        int version = from.smallNumber();
        if (version < 0 || version > type.version()) {
            throw new UnreadableRecord(
                    "metadata record %s has version %d; this release reads 0 to %d"
                            .formatted(type, version, type.version()));
        }
        try {
            return RecordFields.read(type, from);
        } catch (UnreadableRecord | IllegalArgumentException damaged) {
            throw new UnreadableRecord(
                    "metadata record %s cannot be read: %s".formatted(type, damaged.getMessage()),
                    damaged);
        }
    }
}
