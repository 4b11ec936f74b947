package io.tombolo.storage.partition;

import io.tombolo.storage.segment.BatchScan;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.ProducerSnapshot;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Brings the producers of a log up to its end: from the last snapshot, and the batches since. */
final class ProducerReplay {

    private static final int WINDOW_BYTES = 64 << 10;

    private final LogContents log;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private final List<String> repairs = new ArrayList<>();
    private final TreeMap<Long, ByteBuffer> missing = new TreeMap<>();

    ProducerReplay(LogContents log) {
        this.log = log;
    }

    /**
     * Forgets what is in memory and builds it anew; damaged snapshots are deleted.
     *
     * @param fromAtMost the offset at which the replay has to begin at the latest, because aborted
     *     transactions from there on are not known
     * @return what had to be repaired
     */
    List<String> rebuild(long fromAtMost) throws IOException {
        log.producers.clear();
        long from = loadSnapshot(Math.min(log.endOffset, fromAtMost));
        log.segments.forEach(segment -> segment.forgetAborted(from));
        for (Segment segment : log.segments) {
            if (segment.endOffset() > from) {
                noteMissing(segment.baseOffset(), from);
                replay(segment, from);
            }
        }
        log.producers.startAt(log.startOffset);
        return repairs;
    }

    /**
     * The snapshots that segments should have at their base offsets and have not: without them the
     * producers of a segment would be forgotten with the segments before it.
     */
    TreeMap<Long, ByteBuffer> missing() {
        return missing;
    }

    private void noteMissing(long baseOffset, long from) {
        if (baseOffset >= from && !log.snapshots.contains(baseOffset)) {
            missing.put(baseOffset, log.producers.save().encode());
        }
    }

    private long loadSnapshot(long offsetMax) throws IOException {
        while (!log.snapshots.isEmpty()) {
            Long offset = log.snapshots.floor(offsetMax);
            if (offset == null) {
                break;
            }
            Path path = LogFiles.file(log.directory, offset, LogFiles.SNAPSHOT);
            Optional<ProducerSnapshot> saved =
                    ProducerSnapshot.decode(ByteBuffer.wrap(log.disk().readAll(path)));
            if (saved.isPresent()) {
                log.producers.load(saved.get(), offset);
                return offset;
            }
            repairs.add("deleted the damaged producer snapshot " + path.getFileName());
            log.disk().delete(path);
            log.snapshots.remove(offset);
        }
        return log.segments.getFirst().baseOffset();
    }

    private void replay(Segment segment, long from) throws IOException {
        if (window.capacity() == 0) {
            window = ByteBuffer.allocate(WINDOW_BYTES);
        }
        int position = segment.view().endingAtOrAfter(from, window).position();
        BatchScan scan = segment.view().scan(position, window);
        while (scan.next()) {
            if (scan.batch().hasProducerId()) {
                var batch = scan.batch().control() ? scan.whole() : scan.batch();
                log.producers.appended(batch).ifPresent(segment::aborted);
            }
        }
    }
}
