package io.tombolo.controller;

import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.raft.core.LogBatch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

/** Packs records into batches of the metadata log. */
final class RecordBatches {

    private RecordBatches() {}

    /** Records and their bytes, to be proposed as one batch. */
    record Packed(List<MetadataRecord> records, List<byte[]> bytes) {

        private static Packed of(List<MetadataRecord> records) {
            return new Packed(records, records.stream().map(MetadataRecordCodec::encode).toList());
        }

        private long sizeBytes() {
            return LogBatch.sizeBytes(bytes);
        }
    }

    /**
     * Packs batches, each of which must stay whole, into as few as possible.
     *
     * @return empty when one of them alone is larger than {@code bytesMax}
     */
    static Optional<List<Packed>> pack(List<List<MetadataRecord>> batches, long bytesMax) {
        var packed = new ArrayList<Packed>();
        var open = new Packed(new ArrayList<>(), new ArrayList<>());
        long openBytes = open.sizeBytes();
        for (List<MetadataRecord> batch : batches) {
            Packed next = Packed.of(batch);
            long nextBytes = next.sizeBytes();
            if (nextBytes > bytesMax) {
                return Optional.empty();
            }
            if (openBytes + nextBytes > bytesMax) {
                packed.add(open);
                open = new Packed(new ArrayList<>(), new ArrayList<>());
                openBytes = open.sizeBytes();
            }
            open.records().addAll(next.records());
            open.bytes().addAll(next.bytes());
            openBytes += nextBytes;
        }
        if (!open.records().isEmpty()) {
            packed.add(open);
        }
        return Optional.of(packed);
    }

    /** Encodes records while they are drawn, into batches of at most {@code bytesMax}. */
    static Iterator<List<byte[]>> encoding(Iterator<MetadataRecord> records, long bytesMax) {
        return new Encoding(records, bytesMax);
    }

    private static final class Encoding implements Iterator<List<byte[]>> {

        private final Iterator<MetadataRecord> records;
        private final long bytesMax;
        private Optional<byte[]> heldBack = Optional.empty();

        Encoding(Iterator<MetadataRecord> records, long bytesMax) {
            this.records = records;
            this.bytesMax = bytesMax;
        }

        @Override
        public boolean hasNext() {
            return heldBack.isPresent() || records.hasNext();
        }

        @Override
        public List<byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            var batch = new ArrayList<byte[]>();
            heldBack.ifPresent(batch::add);
            heldBack = Optional.empty();
            long size = LogBatch.sizeBytes(batch);
            while (records.hasNext()) {
                byte[] record = MetadataRecordCodec.encode(records.next());
                long grown =
                        size + LogBatch.sizeBytes(List.of(record)) - LogBatch.sizeBytes(List.of());
                if (grown > bytesMax && !batch.isEmpty()) {
                    heldBack = Optional.of(record);
                    return batch;
                }
                batch.add(record);
                size = grown;
            }
            return batch;
        }
    }
}
