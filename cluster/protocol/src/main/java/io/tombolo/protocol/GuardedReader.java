package io.tombolo.protocol;

import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.types.RawTaggedField;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What Kafka's generated classes read from, after a {@link ShapeWalk} has passed the bytes. */
final class GuardedReader extends ByteBufferAccessor {

    private final ByteBuffer buffer;

    GuardedReader(ByteBuffer buffer) {
        super(buffer);
        this.buffer = buffer;
    }

    /** Spares the intermediate array where the bytes already are in one. */
    @Override
    public String readString(int length) {
        if (!buffer.hasArray()) {
            return super.readString(length);
        }
        int from = buffer.position();
        buffer.position(from + length);
        return new String(
                buffer.array(), buffer.arrayOffset() + from, length, StandardCharsets.UTF_8);
    }

    /** Steps over a field that this version does not know; only one of our own is kept. */
    @Override
    @SuppressWarnings("NullAway") // Kafka's classes keep null for "no unknown fields".
    public List<RawTaggedField> readUnknownTaggedField(
            List<RawTaggedField> unknowns, int tag, int size) {
        if (tag == SendingOrder.TAG && size == SendingOrder.BYTES) {
            return super.readUnknownTaggedField(unknowns, tag, size);
        }
        buffer.position(buffer.position() + size);
        return unknowns;
    }
}
