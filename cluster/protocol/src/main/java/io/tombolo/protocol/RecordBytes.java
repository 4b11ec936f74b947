package io.tombolo.protocol;

import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.jspecify.annotations.Nullable;

import java.nio.ByteBuffer;

/** The record bytes inside Kafka's messages as plain buffers, never copied. */
public final class RecordBytes {

    private RecordBytes() {}

    /**
     * The record batches that a client sent for one partition: a view onto the frame, position to
     * limit, writable in place; empty when it sent none or null.
     */
    public static ByteBuffer of(ProduceRequestData.PartitionProduceData partition) {
        return bytes(partition.records());
    }

    /**
     * The record batches of one partition of a Fetch response that was received: a view onto the
     * frame; the last batch may be cut short. Empty when there are none.
     */
    public static ByteBuffer of(FetchResponseData.PartitionData partition) {
        return bytes(partition.records());
    }

    /** The piece of a snapshot in a FetchSnapshot response that was received: a view. */
    public static ByteBuffer of(FetchSnapshotResponseData.PartitionSnapshot partition) {
        return bytes(partition.unalignedRecords());
    }

    /** Makes bytes the records of one partition of a Produce request; they are not copied. */
    public static void attach(ProduceRequestData.PartitionProduceData partition, ByteBuffer bytes) {
        partition.setRecords(MemoryRecords.readableRecords(bytes));
    }

    private static ByteBuffer bytes(@Nullable BaseRecords records) {
        return switch (records) {
            case null -> ByteBuffer.allocate(0);
            case MemoryRecords memory -> memory.buffer();
            default ->
                    throw new IllegalArgumentException(
                            "records not held in memory: " + records.getClass().getName());
        };
    }
}
