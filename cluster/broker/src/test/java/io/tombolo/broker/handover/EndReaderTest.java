package io.tombolo.broker.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.broker.transaction.LedPartitions;
import io.tombolo.environment.Payload;
import io.tombolo.protocol.records.BatchBuilder;
import io.tombolo.protocol.records.BatchSpec;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.storage.log.ReadResult;

import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Where a partition ends, and when that cannot be told. */
class EndReaderTest {

    private static final Duration LONG = Duration.ofSeconds(5);
    private static final BatchSpec OPEN = BatchSpec.PLAIN.from(7, (short) 0, 0, true);

    @TempDir private Path folder;
    private final LedPartitions broker = new LedPartitions();
    private final List<Optional<EndReader.Found>> answers = new ArrayList<>();

    private void append(ByteBuffer batch) {
        broker.on(
                () -> assertThat(broker.partition(0).appendOwn(batch)).isEqualTo(Errors.NONE),
                LONG);
    }

    private void read() {
        var reader = new EndReader(broker.shards(), broker.offload(), broker.loop());
        broker.on(() -> reader.read(LedPartitions.orders(0), _ -> true, answers::add), LONG);
    }

    private static ByteBuffer batch(BatchSpec spec) {
        var builder = new BatchBuilder(spec);
        builder.append(0, null, ByteBuffer.wrap(new byte[] {1}));
        return builder.build();
    }

    @Test
    void anEmptyPartitionEndsAtItsBeginningWithoutABatch() {
        read();

        assertThat(answers.getFirst().orElseThrow().end()).isEqualTo(new PartitionEnd(0, -1, -1));
    }

    @Test
    void theLastBatchIsTold() {
        append(batch(BatchSpec.PLAIN));
        append(batch(BatchSpec.PLAIN));

        read();

        EndReader.Found found = answers.getFirst().orElseThrow();
        assertThat(found.end().endOffset()).isEqualTo(2);
        assertThat(found.end().lastEpoch()).isEqualTo(found.leaderEpoch());
        assertThat(found.end().lastCrc()).isPositive();
    }

    @Test
    void nothingIsToldWhileATransactionIsOpen() {
        append(batch(OPEN));

        read();

        assertThat(answers).containsExactly(Optional.empty());
    }

    @Test
    void whatWasReadIsGivenBackOnce() throws IOException {
        ByteBuffer batch = batch(BatchSpec.PLAIN);
        var given = new ArrayList<String>();
        try (var file =
                FileChannel.open(
                        folder.resolve("segment"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE)) {
            file.write(batch.duplicate());
            var part = new Payload.FileRegion(file, 0, batch.remaining(), () -> given.add("back"));
            PartitionEnd end = EndReader.end(tail(part, batch.remaining()));

            assertThat(end.lastCrc()).isEqualTo(Integer.toUnsignedLong(BatchView.of(batch).crc()));
            assertThat(given).containsExactly("back");

            file.truncate(10);
            assertThatThrownBy(() -> EndReader.end(tail(part, batch.remaining())))
                    .hasMessageContaining("the file ends at 10");
            assertThat(given).hasSize(2);
        }
    }

    private static EndReader.Tail tail(Payload part, int bytes) {
        return new EndReader.Tail(
                1, 1, false, new ReadResult.Slice(List.of(part), 0, 1, bytes, List.of()));
    }
}
