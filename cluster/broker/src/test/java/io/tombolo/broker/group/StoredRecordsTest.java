package io.tombolo.broker.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.runtime.CoordinatorLog.Chunk;
import io.tombolo.coordinator.runtime.StoredMarker;
import io.tombolo.coordinator.runtime.StoredRecord;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.log.ReadResult.Slice;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

class StoredRecordsTest {

    private static ByteBuffer record(long offset, BatchSpec spec) {
        return new BatchBuilder(spec.at(offset, 0))
                .append(1, ByteBuffer.wrap(new byte[] {(byte) offset}), null)
                .build();
    }

    private static Chunk read(long fromOffset, ByteBuffer... batches) throws IOException {
        var parts = List.of(batches).stream().<Payload>map(Payload.Memory::new).toList();
        var slice = new Slice(parts, 0, batches.length, 0, List.of());
        return (Chunk) StoredRecords.read(slice, fromOffset);
    }

    @Test
    void recordsOfTransactionsNameTheirProducerAndMarkersSayHowItEnded() throws IOException {
        var inTransaction = BatchSpec.PLAIN.from(77, (short) 3, -1, true);

        var chunk =
                read(
                        0,
                        record(0, BatchSpec.PLAIN),
                        record(1, inTransaction),
                        new EndTransactionMarker(true, 5).batch(2, 0, 1, 77, (short) 3),
                        new EndTransactionMarker(false, 5).batch(3, 0, 1, 78, (short) 4));

        assertThat(chunk.nextOffset()).isEqualTo(4);
        assertThat(chunk.entries()).hasSize(4);
        assertThat(((StoredRecord) chunk.entries().get(0)).transactional()).isFalse();
        assertThat(((StoredRecord) chunk.entries().get(1)).producerId()).isEqualTo(77);
        assertThat(chunk.entries().get(2))
                .isEqualTo(new StoredMarker(2, new TransactionEnd(77, (short) 3, true)));
        assertThat(chunk.entries().get(3))
                .isEqualTo(new StoredMarker(3, new TransactionEnd(78, (short) 4, false)));
    }

    @Test
    void markersBeforeTheOffsetAskedForWereReadAlready() throws IOException {
        var marker = new EndTransactionMarker(true, 5).batch(2, 0, 1, 77, (short) 3);

        assertThat(read(3, marker).entries()).isEmpty();
    }
}
