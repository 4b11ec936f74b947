package io.tombolo.protocol;

import io.tombolo.environment.Payload;

import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchSnapshotResponseData;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

import java.util.List;

/**
 * Records of a message that go out as the parts that hold them, without being copied. The parts
 * pass to the encoded frame, and with it to the connection that releases them.
 */
public final class PayloadRecords implements BaseRecords {

    private final List<Payload> parts;
    private final int sizeInBytes;

    public PayloadRecords(List<Payload> parts) {
        this.parts = List.copyOf(parts);
        int bytes = 0;
        for (Payload part : this.parts) {
            bytes = Math.addExact(bytes, part.length());
        }
        this.sizeInBytes = bytes;
    }

    /** Makes the parts the records of one partition of a Fetch response. */
    public static void attach(FetchResponseData.PartitionData partition, List<Payload> parts) {
        partition.setRecords(new PayloadRecords(parts));
    }

    /** Makes the parts the piece of a snapshot in a FetchSnapshot response. */
    public static void attach(
            FetchSnapshotResponseData.PartitionSnapshot partition, List<Payload> parts) {
        partition.setUnalignedRecords(new PayloadRecords(parts));
    }

    /**
     * Length in bytes of the records of one partition of a Fetch response, however they are held.
     */
    public static int bytesOf(FetchResponseData.PartitionData partition) {
        BaseRecords records = partition.records();
        return records == null ? 0 : records.sizeInBytes();
    }

    /** The parts, in order. */
    List<Payload> parts() {
        return parts;
    }

    @Override
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /**
     * Refuses: these records are sent by a connection of ours, never through Kafka's own sender.
     */
    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new IllegalStateException("records held as payload parts are sent by a Connection");
    }
}
