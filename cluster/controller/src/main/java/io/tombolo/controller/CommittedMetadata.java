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

import java.util.List;

/**
 * The metadata that is committed, and when it is time for a snapshot of it. Mutable, owned by the
 * controller's loop.
 */
final class CommittedMetadata {

    private final ControllerSettings.Bounds bounds;
    private MetadataImage image = MetadataImage.EMPTY;
    private MetadataSnapshot.Reader incoming = new MetadataSnapshot.Reader();
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
    }

    /** Takes some of its records in. */
    void addSnapshot(List<byte[]> records) {
        records.forEach(record -> incoming.add(MetadataRecordCodec.decode(record)));
    }

    /** Forgets everything and takes the snapshot that has come instead. */
    MetadataDelta restore(OffsetAndEpoch id) {
        MetadataSnapshot.Reader reader = incoming;
        incoming = new MetadataSnapshot.Reader();
        MetadataImage before = image;
        image = reader.finish(new LogPlace(id.offset() - 1, id.epoch()));
        bytesSinceSnapshot = 0;
        return MetadataDelta.between(before, image);
    }

    /** Starts a snapshot when enough was applied since the last one; one at a time. */
    void snapshotWhenDue(Quorum quorum) {
        if (snapshotRunning || bytesSinceSnapshot < bounds.snapshotEveryBytes()) {
            return;
        }
        snapshotRunning = true;
        bytesSinceSnapshot = 0;
        quorum.createSnapshot(
                image.place().offset() + 1,
                RecordBatches.encoding(MetadataSnapshot.records(image), bounds.batchBytes()),
                _ -> snapshotRunning = false);
    }

    private static LogPlace placeOf(LogBatch batch) {
        return new LogPlace(batch.endOffset() - 1, batch.epoch());
    }
}
