package io.tombolo.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

class SegmentBatchesTest {

    @TempDir private Path partition;

    @Test
    void batchesAreReadUpToAnOffsetAndAnUnfinishedOneIsLeftOut() throws IOException {
        byte[] first = batch(0, 2, (byte) 7);
        byte[] second = batch(3, 0, (byte) 8);
        byte[] third = batch(4, 0, (byte) 9);
        Files.write(segment(0), joined(first, second, third));
        Files.write(segment(5), new byte[30]);

        assertThat(SegmentBatches.before(partition, 4))
                .extracting(SegmentBatches.Batch::baseOffset, SegmentBatches.Batch::lastOffset)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(0L, 2L),
                        org.assertj.core.groups.Tuple.tuple(3L, 3L));
        assertThat(SegmentBatches.before(partition, 4)).allMatch(SegmentBatches.Batch::intact);
    }

    @Test
    void aFlippedByteIsNoticed() throws IOException {
        byte[] batch = batch(0, 0, (byte) 7);
        batch[batch.length - 1] ^= 1;
        Files.write(segment(0), batch);

        assertThat(SegmentBatches.before(partition, 1)).noneMatch(SegmentBatches.Batch::intact);
    }

    private Path segment(long baseOffset) {
        return partition.resolve("%020d.log".formatted(baseOffset));
    }

    private static byte[] batch(long baseOffset, int lastOffsetDelta, byte payload) {
        var bytes = ByteBuffer.allocate(70);
        bytes.putLong(0, baseOffset).putInt(8, 58).put(16, (byte) 2);
        bytes.putInt(23, lastOffsetDelta).put(65, payload);
        var crc = new CRC32C();
        crc.update(bytes.slice(21, 49));
        bytes.putInt(17, (int) crc.getValue());
        return bytes.array();
    }

    private static byte[] joined(byte[]... parts) {
        var bytes = ByteBuffer.allocate(210);
        for (byte[] part : parts) {
            bytes.put(part);
        }
        return bytes.array();
    }
}
