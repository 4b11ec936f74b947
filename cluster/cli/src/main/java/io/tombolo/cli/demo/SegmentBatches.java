package io.tombolo.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * The record batches of a partition as they lie on disk. Reads segments of a living broker: what is
 * not complete yet is left out.
 */
final class SegmentBatches {

    private static final int PREFIX_BYTES = 12;
    private static final int HEADER_BYTES = 61;
    private static final int LENGTH_POSITION = 8;
    private static final int CRC_POSITION = 17;
    private static final int ATTRIBUTES_POSITION = 21;
    private static final int LAST_OFFSET_DELTA_POSITION = 23;

    private SegmentBatches() {}

    /**
     * One batch.
     *
     * @param crc as its header says
     * @param intact whether the bytes have that CRC
     * @param bytes all of them: base offset and leader epoch too
     */
    record Batch(long baseOffset, long lastOffset, int crc, boolean intact, ByteBuffer bytes) {}

    /** The batches that end before an offset, in their order. */
    static List<Batch> before(Path partition, long endOffset) {
        var batches = new ArrayList<Batch>();
        try (Stream<Path> files = Files.list(partition)) {
            for (Path segment :
                    files.filter(file -> file.toString().endsWith(".log")).sorted().toList()) {
                read(ByteBuffer.wrap(Files.readAllBytes(segment)), endOffset, batches);
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return batches;
    }

    private static void read(ByteBuffer segment, long endOffset, List<Batch> batches) {
        int position = 0;
        while (segment.limit() - position >= HEADER_BYTES) {
            int length = PREFIX_BYTES + segment.getInt(position + LENGTH_POSITION);
            if (length < HEADER_BYTES || position + length > segment.limit()) {
                return;
            }
            Batch batch = batch(segment.slice(position, length));
            if (batch.lastOffset() < endOffset) {
                batches.add(batch);
            }
            position += length;
        }
    }

    private static Batch batch(ByteBuffer bytes) {
        long baseOffset = bytes.getLong(0);
        int crc = bytes.getInt(CRC_POSITION);
        var computed = new CRC32C();
        computed.update(bytes.slice(ATTRIBUTES_POSITION, bytes.limit() - ATTRIBUTES_POSITION));
        return new Batch(
                baseOffset,
                baseOffset + bytes.getInt(LAST_OFFSET_DELTA_POSITION),
                crc,
                (int) computed.getValue() == crc,
                bytes);
    }
}
