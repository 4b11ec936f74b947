package io.tombolo.protocol.records;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.protocol.Frames;

import org.apache.kafka.common.utils.internals.ByteBufferOutputStream;
import org.apache.kafka.common.utils.internals.ByteUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Batches that are small on the wire and large, or hostile, inside. */
class CompressionBombTest {

    private static final int INFLATED_MAX = 1 << 20;
    private static final long HEAP_MAX = 12L << 20;
    private static final int BOMB_BYTES = 200 << 20;
    private static final long SNAPPY_MAGIC = 0x82534E4150505900L;

    private final RecordReader reader = new RecordReader(INFLATED_MAX);

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void whatInflatesTooFarIsRefusedWithinTheBound(Codec codec) throws IOException {
        BatchView bomb = batch(codec, bomb(codec));
        assertThat(bomb.lengthBytes()).isLessThan(BOMB_BYTES / 10);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.INFLATES_TOO_FAR));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void theBoundItselfIsAllowed(Codec codec) {
        BatchView batch = BatchView.of(Batches.kafkaBatch(BatchCompression.of(codec), 1, 1 << 16));
        int plainBytes =
                BatchView.of(Batches.kafkaBatch(BatchCompression.NONE, 1, 1 << 16)).lengthBytes()
                        - BatchView.HEADER_BYTES;

        assertThat(new RecordReader(plainBytes).open(batch).next()).isTrue();
        assertThat(new RecordReader(plainBytes - 1).open(batch).refusal())
                .isEqualTo(RecordRefusal.INFLATES_TOO_FAR);
    }

    @ParameterizedTest
    @EnumSource(
            value = Codec.class,
            names = {"GZIP", "SNAPPY", "LZ4", "ZSTD"})
    void recompressionHasTheSameBound(Codec codec) throws IOException {
        BatchView bomb = batch(codec, bomb(codec));

        var outcome = new Recompressor(INFLATED_MAX).recompress(bomb, BatchCompression.NONE);

        assertThat(outcome)
                .isEqualTo(new Recompressor.Outcome.Refused(RecordRefusal.INFLATES_TOO_FAR));
    }

    @Test
    void aBatchThatCameUncompressedIsHeldToTheSameBound() {
        BatchView plain = batch(Codec.NONE, ByteBuffer.allocate(INFLATED_MAX + 1));

        var outcome =
                new Recompressor(INFLATED_MAX).recompress(plain, BatchCompression.of(Codec.LZ4));

        assertThat(outcome)
                .isEqualTo(new Recompressor.Outcome.Refused(RecordRefusal.INFLATES_TOO_FAR));
    }

    @Test
    void aSnappyChunkThatDeclaresTwoGigabytesIsRefusedBeforeItIsAllocated() {
        ByteBuffer stream = ByteBuffer.allocate(64);
        stream.putLong(SNAPPY_MAGIC).putInt(1).putInt(1).putInt(10);
        ByteUtils.writeUnsignedVarint(Integer.MAX_VALUE, stream);
        stream.put(new byte[5]).flip();
        BatchView bomb = batch(Codec.SNAPPY, stream);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.INFLATES_TOO_FAR));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    @Test
    void aSnappyChunkLongerThanTheInputIsRefusedBeforeItIsAllocated() {
        ByteBuffer stream = ByteBuffer.allocate(64);
        stream.putLong(SNAPPY_MAGIC).putInt(1).putInt(1).putInt(500_000_000).flip();
        BatchView bomb = batch(Codec.SNAPPY, stream);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.NOT_INFLATABLE));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    @Test
    void aBareSnappyBlockThatDeclaresTwoGigabytesIsRefused() {
        ByteBuffer block = ByteBuffer.allocate(64);
        ByteUtils.writeUnsignedVarint(Integer.MAX_VALUE, block);
        block.put(new byte[40]).flip();
        BatchView bomb = batch(Codec.SNAPPY, block);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.INFLATES_TOO_FAR));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    @Test
    void concatenatedSnappyStreamsAreCountedTogether() throws IOException {
        ByteBuffer one = compressed(Codec.SNAPPY, 700_000);
        ByteBuffer two = ByteBuffer.allocate(one.remaining() * 2);
        two.put(one.duplicate()).put(one.duplicate()).flip();

        refuses(batch(Codec.SNAPPY, two), RecordRefusal.INFLATES_TOO_FAR);
    }

    @Test
    void aZstdFrameWithAHugeWindowIsRefused() {
        // magic; descriptor: no single segment, no content size; window descriptor: 2^41 bytes
        ByteBuffer frame = ByteBuffer.allocate(32);
        frame.putInt(0x28B52FFD).put((byte) 0x00).put((byte) 0xF8).put(new byte[20]).flip();
        BatchView bomb = batch(Codec.ZSTD, frame);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.NOT_INFLATABLE));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    @Test
    void aZstdFrameThatDeclaresAnEnormousContentIsRefused() {
        // single segment with an eight-byte content size, which is then the window as well
        ByteBuffer frame = ByteBuffer.allocate(32);
        frame.putInt(0x28B52FFD).put((byte) 0xE0).putLong(0xFFFFFFFF_FF000000L);
        frame.put(new byte[10]).flip();
        BatchView bomb = batch(Codec.ZSTD, frame);

        long allocated = Frames.allocatedBy(() -> refuses(bomb, RecordRefusal.NOT_INFLATABLE));

        assertThat(allocated).isLessThan(HEAP_MAX);
    }

    private void refuses(BatchView batch, RecordRefusal expected) {
        assertThat(reader.open(batch).next()).isFalse();
        assertThat(reader.refusal()).isEqualTo(expected);
    }

    private static ByteBuffer bomb(Codec codec) throws IOException {
        return compressed(codec, BOMB_BYTES);
    }

    private static ByteBuffer compressed(Codec codec, int zeroes) throws IOException {
        var stream = new ByteBufferOutputStream(1 << 16);
        var chunk = new byte[1 << 16];
        try (var out = BatchCompression.of(codec).toKafka().wrapForOutput(stream, (byte) 2)) {
            for (int left = zeroes; left > 0; left -= chunk.length) {
                out.write(chunk, 0, Math.min(left, chunk.length));
            }
        }
        return stream.buffer().flip();
    }

    /** A batch with a valid header around whatever claims to be compressed records. */
    private static BatchView batch(Codec codec, ByteBuffer compressed) {
        ByteBuffer header = Batches.kafkaBatch(BatchCompression.NONE, 1, 0);
        ByteBuffer bytes = ByteBuffer.allocate(BatchView.HEADER_BYTES + compressed.remaining());
        bytes.put(0, header, 0, BatchView.HEADER_BYTES);
        bytes.put(BatchView.HEADER_BYTES, compressed, 0, compressed.remaining());
        bytes.putInt(BatchView.SIZE_AT, bytes.limit() - BatchView.OVERHEAD_BYTES);
        bytes.putShort(BatchView.ATTRIBUTES_AT, (short) codec.id());
        BatchView batch = BatchView.of(bytes);
        batch.patchMaxTimestamp(1);
        assertThat(batch.verdict()).isEqualTo(BatchVerdict.VALID);
        return batch;
    }
}
