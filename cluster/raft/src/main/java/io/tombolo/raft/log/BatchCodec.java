package io.tombolo.raft.log;

import io.tombolo.raft.core.LogBatch;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * A batch as bytes: Kafka's record batch, version 2, without compression, producer or timestamp.
 * Each record of the state machine is a value without a key; of a control record the key holds the
 * type.
 */
public final class BatchCodec {

    /** Bytes before the records. */
    public static final int HEADER_BYTES = 61;

    private static final int PREFIX_BYTES = 12;
    private static final int CRC_POSITION = 17;
    private static final int ATTRIBUTES_POSITION = 21;
    private static final byte MAGIC = 2;
    private static final int CONTROL_FLAG = 0x20;

    private BatchCodec() {}

    /** The bytes of a batch, position 0 to limit. */
    public static ByteBuffer encode(LogBatch batch) {
        ByteBuffer out = ByteBuffer.allocate(sizeBytes(batch));
        int count = batch.records().size();
        out.putLong(batch.baseOffset()).putInt(out.capacity() - PREFIX_BYTES);
        out.putInt(batch.epoch()).put(MAGIC).putInt(0);
        out.putShort((short) (batch.control() ? CONTROL_FLAG : 0)).putInt(count - 1);
        out.putLong(-1).putLong(-1);
        out.putLong(-1).putShort((short) -1).putInt(-1).putInt(count);
        for (int delta = 0; delta < count; delta++) {
            putRecord(out, delta, batch.control(), batch.records().get(delta));
        }
        out.putInt(CRC_POSITION, crc(out, out.capacity()));
        return out.flip();
    }

    private static int sizeBytes(LogBatch batch) {
        int total = HEADER_BYTES;
        for (int delta = 0; delta < batch.records().size(); delta++) {
            int body = bodyBytes(delta, batch.control(), batch.records().get(delta).length);
            total = Math.addExact(total, varintBytes(body) + body);
        }
        return total;
    }

    private static int bodyBytes(int delta, boolean control, int length) {
        int key = control ? 4 : 0;
        int value = control ? length - 2 : length;
        return 2
                + varintBytes(delta)
                + varintBytes(control ? key : -1)
                + key
                + varintBytes(value)
                + value
                + 1;
    }

    private static void putRecord(ByteBuffer out, int delta, boolean control, byte[] record) {
        putVarint(out, bodyBytes(delta, control, record.length));
        out.put((byte) 0);
        putVarint(out, 0);
        putVarint(out, delta);
        int valueStart = control ? 2 : 0;
        if (control) {
            putVarint(out, 4);
            out.putShort((short) 0).put(record, 0, 2);
        } else {
            putVarint(out, -1);
        }
        putVarint(out, record.length - valueStart);
        out.put(record, valueStart, record.length - valueStart);
        putVarint(out, 0);
    }

    /**
     * Reads the batch at the position of the buffer and moves the position behind it.
     *
     * @throws CorruptBatchException when there is no whole and unaltered batch; the position is
     *     then of no meaning
     */
    public static LogBatch decode(ByteBuffer in) throws CorruptBatchException {
        if (in.remaining() < HEADER_BYTES) {
            throw new CorruptBatchException(in.remaining() + " bytes are no batch");
        }
        int size = sizeBytes(in);
        if (size < HEADER_BYTES || size > in.remaining()) {
            throw new CorruptBatchException(
                    "a batch of " + size + " bytes in " + in.remaining() + " bytes");
        }
        ByteBuffer batch = in.slice(in.position(), size);
        if (batch.get(16) != MAGIC || batch.getInt(CRC_POSITION) != crc(batch, size)) {
            throw new CorruptBatchException("the checksum does not match");
        }
        in.position(in.position() + size);
        try {
            return decodeChecked(batch);
        } catch (BufferUnderflowException | IllegalArgumentException cut) {
            throw new CorruptBatchException("a record leaves its batch: " + cut);
        }
    }

    /** Size of the batch at the position, from its header; may be nonsense. */
    static int sizeBytes(ByteBuffer header) {
        int length = header.getInt(header.position() + 8);
        return length < 0 || length > Integer.MAX_VALUE - PREFIX_BYTES ? -1 : length + PREFIX_BYTES;
    }

    private static LogBatch decodeChecked(ByteBuffer batch) throws CorruptBatchException {
        long baseOffset = batch.getLong(0);
        int attributes = batch.getShort(ATTRIBUTES_POSITION);
        int count = batch.getInt(HEADER_BYTES - 4);
        if ((attributes & ~CONTROL_FLAG) != 0 || count <= 0 || count > batch.remaining()) {
            throw new CorruptBatchException("no batch of ours: attributes " + attributes);
        }
        boolean control = (attributes & CONTROL_FLAG) != 0;
        batch.position(HEADER_BYTES);
        List<byte[]> records = new ArrayList<>(count);
        for (int index = 0; index < count; index++) {
            records.add(getRecord(batch, control));
        }
        return new LogBatch(baseOffset, batch.getInt(PREFIX_BYTES), control, records);
    }

    private static byte[] getRecord(ByteBuffer in, boolean control) throws CorruptBatchException {
        int end = getVarint(in);
        end += in.position();
        in.get();
        getVarint(in);
        getVarint(in);
        byte[] key = getBytes(in);
        byte[] value = getBytes(in);
        if (end < in.position() || end > in.limit()) {
            throw new CorruptBatchException("a record ends outside of its batch");
        }
        in.position(end);
        if (!control) {
            return value;
        }
        byte[] record = Arrays.copyOf(Arrays.copyOfRange(key, 2, 4), 2 + value.length);
        System.arraycopy(value, 0, record, 2, value.length);
        return record;
    }

    private static byte[] getBytes(ByteBuffer in) {
        int length = getVarint(in);
        if (length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[Math.max(0, length)];
        in.get(bytes);
        return bytes;
    }

    private static int crc(ByteBuffer batch, int size) {
        var crc = new CRC32C();
        crc.update(batch.slice(ATTRIBUTES_POSITION, size - ATTRIBUTES_POSITION));
        return (int) crc.getValue();
    }

    private static int varintBytes(int value) {
        int rest = value << 1 ^ value >> 31;
        int bytes = 1;
        while ((rest & ~0x7F) != 0) {
            bytes++;
            rest >>>= 7;
        }
        return bytes;
    }

    private static void putVarint(ByteBuffer out, int value) {
        int rest = value << 1 ^ value >> 31;
        while ((rest & ~0x7F) != 0) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static int getVarint(ByteBuffer in) {
        int value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            byte next = in.get();
            value |= (next & 0x7F) << shift;
            if (next >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new IllegalArgumentException("a number is too long");
    }
}
