package io.tombolo.controller;

import io.tombolo.environment.Invariant;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MetadataSnapshot;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.MetadataRecordCodec;
import io.tombolo.raft.core.LogBatch;
import io.tombolo.raft.core.OffsetAndEpoch;

import java.util.Iterator;
import java.util.List;

/**
 * The metadata that is committed, and when it is time for a snapshot of it: when as much was
 * applied as is configured, and as the last snapshot was large. So a change costs the same share of
 * a snapshot however large the region is, and a log is at most twice what is in it. Mutable, owned
 * by the controller's loop.
 */
final class CommittedMetadata {

    private final ControllerSettings.Bounds bounds;
    private MetadataImage image = MetadataImage.EMPTY;
    private MetadataSnapshot.Reader incoming = new MetadataSnapshot.Reader();
    private long incomingBytes;
    private long snapshotBytes;
    private long bytesSinceSnapshot;
    private boolean snapshotRunning;

    CommittedMetadata(ControllerSettings.Bounds bounds) {
        this.bounds = bounds;
    }

    MetadataImage image() {
        return image;
    }

    /** Reads a committed batch and applies it. */
    MetadataDelta replay(LogBatch batch) {
        List<MetadataRecord> records =
                batch.records().stream().map(MetadataRecordCodec::decode).toList();
        return adopt(image.apply(records, placeOf(batch)), batch);
    }

    /** Takes over what was applied to this very image when the batch was proposed. */
    MetadataDelta adopt(MetadataImage.Applied applied, LogBatch batch) {
        Invariant.check(
                applied.image().place().offset() == batch.endOffset() - 1,
                "applied up to %d, committed up to %d",
                applied.image().place().offset(),
                batch.endOffset() - 1);
        image = applied.image();
        bytesSinceSnapshot += batch.sizeBytes();
        return applied.delta();
    }

    /** A snapshot comes; until it is whole the image stays as it is. */
    void beginSnapshot() {
        incoming = new MetadataSnapshot.Reader();
        incomingBytes = 0;
    }

    /** Takes some of its records in. */
    void addSnapshot(List<byte[]> records) {
        records.forEach(record -> incoming.add(MetadataRecordCodec.decode(record)));
        incomingBytes += LogBatch.sizeBytes(records);
    }

    /** Forgets everything and takes the snapshot that has come instead. */
    MetadataDelta restore(OffsetAndEpoch id) {
        MetadataSnapshot.Reader reader = incoming;
        incoming = new MetadataSnapshot.Reader();
        MetadataImage before = image;
        image = reader.finish(new LogPlace(id.offset() - 1, id.epoch()));
        bytesSinceSnapshot = 0;
        snapshotBytes = incomingBytes;
        return MetadataDelta.between(before, image);
    }

    /** Starts a snapshot when enough was applied since the last one; one at a time. */
    void snapshotWhenDue(Quorum quorum) {
        if (snapshotRunning
                || bytesSinceSnapshot < Math.max(bounds.snapshotEveryBytes(), snapshotBytes)) {
            return;
        }
        snapshotRunning = true;
        bytesSinceSnapshot = 0;
        var counted =
                new Counted(
                        RecordBatches.encoding(
                                MetadataSnapshot.records(image), bounds.batchBytes()));
        quorum.createSnapshot(
                image.place().offset() + 1,
                counted,
                _ -> {
                    snapshotRunning = false;
                    snapshotBytes = counted.bytes;
                });
    }

    /** Batches of a snapshot, and how large it gets. They are drawn off the loop. */
    private static final class Counted implements Iterator<List<byte[]>> {

        private final Iterator<List<byte[]>> batches;
        private volatile long bytes;

        Counted(Iterator<List<byte[]>> batches) {
            this.batches = batches;
        }

        @Override
        public boolean hasNext() {
            return batches.hasNext();
        }

        @Override
        @SuppressWarnings("NonAtomicOperationOnVolatileField") // one thread at a time draws
        public List<byte[]> next() {
            List<byte[]> batch = batches.next();
            bytes += LogBatch.sizeBytes(batch);
            return batch;
        }
    }

    private static LogPlace placeOf(LogBatch batch) {
        return new LogPlace(batch.endOffset() - 1, batch.epoch());
    }
}
