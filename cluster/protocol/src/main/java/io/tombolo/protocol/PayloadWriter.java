package io.tombolo.protocol;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What Kafka's generated classes write to: one buffer of exactly the size that is not records, cut
 * wherever records lie in between.
 */
final class PayloadWriter extends ByteBufferAccessor {

    private final ByteBuffer buffer;
    private final List<Payload> parts = new ArrayList<>(1);
    private int from;

    PayloadWriter(int bytes) {
        this(ByteBuffer.allocate(bytes));
    }

    private PayloadWriter(ByteBuffer buffer) {
        super(buffer);
        this.buffer = buffer;
    }

    @Override
    public void writeByteBuffer(ByteBuffer bytes) {
        cut();
        add(bytes.duplicate());
    }

    @Override
    public void writeRecords(BaseRecords records) {
        cut();
        switch (records) {
            case PayloadRecords payload -> parts.addAll(payload.parts());
            case MemoryRecords memory -> add(memory.buffer());
            default ->
                    throw new IllegalArgumentException(
                            "cannot send " + records.getClass().getName());
        }
    }

    /** The finished frame; the buffer must be full. */
    List<Payload> finish() {
        cut();
        if (buffer.hasRemaining()) {
            throw new IllegalStateException(
                    "a message is %d bytes shorter than its size".formatted(buffer.remaining()));
        }
        return parts;
    }

    private void cut() {
        int to = buffer.position();
        if (to > from) {
            parts.add(new Payload.Memory(buffer.slice(from, to - from)));
            from = to;
        }
    }

    private void add(ByteBuffer bytes) {
        if (bytes.hasRemaining()) {
            parts.add(new Payload.Memory(bytes));
        }
    }
}
