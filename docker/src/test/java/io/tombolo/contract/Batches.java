package io.tombolo.contract;

import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/** Record batches as clients build them, and as no client would. */
final class Batches {

    static final int LEADER_EPOCH_POSITION = 12;
    static final int MAGIC_POSITION = 16;
    static final int CRC_POSITION = 17;
    static final int ATTRIBUTES_POSITION = 21;
    static final int LAST_OFFSET_DELTA_POSITION = 23;

    private static final AtomicLong LAST_MS = new AtomicLong();

    private Batches() {}

    /** The wall clock, but never the same millisecond twice: the youngest record is only one. */
    private static long nextMs() {
        long nowMs = System.currentTimeMillis();
        return LAST_MS.updateAndGet(lastMs -> Math.max(nowMs, lastMs + 1));
    }

    static MemoryRecords of(String... values) {
        return of(Compression.NONE, values);
    }

    static MemoryRecords of(Compression compression, String... values) {
        return MemoryRecords.withRecords(
                compression,
                Stream.of(values)
                        .map(value -> record(nextMs(), "key", value))
                        .toArray(SimpleRecord[]::new));
    }

    static MemoryRecords at(long timestamp, String... values) {
        return MemoryRecords.withRecords(
                Compression.NONE,
                Stream.of(values)
                        .map(value -> record(timestamp, "key", value))
                        .toArray(SimpleRecord[]::new));
    }

    static MemoryRecords withoutKey(String value) {
        return MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(nextMs(), null, utf8(value)));
    }

    static MemoryRecords ofMagic(int magic, String value) {
        return MemoryRecords.withRecords(
                (byte) magic, Compression.NONE, record(nextMs(), "key", value));
    }

    static MemoryRecords idempotent(long producerId, int epoch, int sequence, int count) {
        long now = nextMs();
        return sequenced(
                producerId,
                epoch,
                sequence,
                false,
                IntStream.range(0, count)
                        .mapToObj(i -> record(now, "key", "value-" + i))
                        .toArray(SimpleRecord[]::new));
    }

    static MemoryRecords idempotentAt(long timestamp, long producerId, int epoch, int sequence) {
        return sequenced(producerId, epoch, sequence, false, record(timestamp, "key", "timed"));
    }

    static MemoryRecords transactional(long producerId, int epoch, int sequence) {
        var record = record(nextMs(), "key", "in a transaction");
        return sequenced(producerId, epoch, sequence, true, record);
    }

    /** The batch with some bytes of it changed and the checksum made right again. */
    static MemoryRecords patched(MemoryRecords records, Consumer<ByteBuffer> change) {
        ByteBuffer bytes = copy(records);
        change.accept(bytes);
        var crc = new CRC32C();
        crc.update(bytes.duplicate().position(ATTRIBUTES_POSITION));
        bytes.putInt(CRC_POSITION, (int) crc.getValue());
        return MemoryRecords.readableRecords(bytes);
    }

    /** The batch with its last byte changed under an unchanged checksum. */
    static MemoryRecords corrupted(MemoryRecords records) {
        ByteBuffer bytes = copy(records);
        int last = bytes.limit() - 1;
        bytes.put(last, (byte) ~bytes.get(last));
        return MemoryRecords.readableRecords(bytes);
    }

    static MemoryRecords joined(MemoryRecords first, MemoryRecords second) {
        ByteBuffer one = first.buffer().duplicate();
        ByteBuffer two = second.buffer().duplicate();
        var bytes = ByteBuffer.allocate(one.remaining() + two.remaining());
        return MemoryRecords.readableRecords(bytes.put(one).put(two).flip());
    }

    static SimpleRecord record(long timestamp, String key, String value) {
        return new SimpleRecord(timestamp, utf8(key), utf8(value));
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static MemoryRecords sequenced(
            long producerId,
            int epoch,
            int sequence,
            boolean transactional,
            SimpleRecord... records) {
        return MemoryRecords.withRecords(
                RecordBatch.CURRENT_MAGIC_VALUE,
                0,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                producerId,
                (short) epoch,
                sequence,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                transactional,
                records);
    }

    private static ByteBuffer copy(MemoryRecords records) {
        ByteBuffer source = records.buffer().duplicate();
        return ByteBuffer.allocate(source.remaining()).put(source).flip();
    }
}
