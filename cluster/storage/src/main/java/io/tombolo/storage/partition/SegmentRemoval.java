package io.tombolo.storage.partition;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.segment.IndexSuffix;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes the files of segments away: first by name, so that no later start finds them, and after the
 * delay for good.
 */
public final class SegmentRemoval {

    private final LogContents log;

    /** Segments that have left the log, but perhaps not yet the directory. */
    private final List<Segment> underWay = new ArrayList<>();

    public SegmentRemoval(LogContents log) {
        this.log = log;
    }

    /** Renames on the calling thread, from the last segment to the first; forces nothing. */
    void removeNow(List<Segment> segments) throws IOException {
        for (Segment segment : segments.reversed()) {
            segment.markRemoved();
            segment.renameForDeletion();
        }
        deleteLater(segments);
    }

    /**
     * Raises the log start durably, then renames, all of it off the loop: a crash in between leaves
     * segments below the log start, which the next start removes.
     *
     * @param producers the producers as of the new first segment, unless they are in a file
     *     already: they can no longer be derived from the batches
     */
    void removeBehind(List<Segment> segments, long startOffset, Optional<ByteBuffer> producers) {
        long generation = log.generation;
        List<IndexSuffix> suffixes =
                segments.stream().filter(Segment::warmed).map(Segment::indexSuffix).toList();
        long firstOffset = log.segments.getFirst().baseOffset();
        segments.forEach(Segment::markRemoved);
        underWay.addAll(segments);
        var obsolete = List.copyOf(log.snapshots.headSet(log.segments.getFirst().baseOffset()));
        log.snapshots.removeAll(obsolete);
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        () -> {
                            if (producers.isPresent()) {
                                keep(producers.get(), firstOffset, suffixes, generation);
                            }
                            renameBehind(segments, startOffset, obsolete);
                            return segments;
                        },
                        log.owner,
                        this::removed);
    }

    /** A snapshot vouches for the indexes below it, so they come first. */
    private void keep(
            ByteBuffer producers, long offset, List<IndexSuffix> suffixes, long generation)
            throws IOException {
        log.derivedFiles.lock();
        try {
            if (log.generation == generation) {
                for (IndexSuffix suffix : suffixes) {
                    suffix.write();
                }
                LogCheckpoint.writeForced(
                        log.disk(),
                        LogFiles.file(log.directory, offset, LogFiles.SNAPSHOT),
                        producers);
                log.forceNames();
            }
        } finally {
            log.derivedFiles.unlock();
        }
    }

    private void renameBehind(List<Segment> segments, long startOffset, List<Long> snapshots)
            throws IOException {
        log.derivedFiles.lock();
        try {
            // Less when the log has been emptied meanwhile and goes on further below.
            log.checkpoints.raiseLogStart(log.name, Math.min(startOffset, log.startOffset));
            for (Segment segment : segments) {
                segment.renameForDeletion();
            }
            for (long offset : snapshots) {
                log.disk().delete(LogFiles.file(log.directory, offset, LogFiles.SNAPSHOT));
            }
        } finally {
            log.derivedFiles.unlock();
        }
    }

    /** Some segments, and before them those whose removal has begun but may not have come far. */
    List<Segment> withThoseUnderWay(List<Segment> segments) {
        var all = new ArrayList<>(underWay);
        all.addAll(segments);
        return all;
    }

    private void removed(Outcome<List<Segment>> outcome) {
        switch (outcome) {
            case Outcome.Done<List<Segment>>(var segments) -> {
                underWay.removeAll(segments);
                deleteLater(segments);
            }
            case Outcome.Failed<List<Segment>>(var cause) -> log.fail(cause);
        }
    }

    /** Takes the files, whose names say already that they go, away after the delay. */
    void deleteLater(List<Segment> segments) {
        long delayNanos = log.settings.fileDeleteDelay().toNanos();
        log.owner.execute(() ->
                log.owner.schedule(
                        delayNanos,
                        () ->
                                log.environment
                                        .offload()
                                        .submit(
                                                log.lane(),
                                                () -> delete(segments),
                                                log.owner,
                                                this::deletedForGood)));
    }

    /** Slices handed out before keep the file readable; its name and its place go. */
    private Integer delete(List<Segment> segments) throws IOException {
        for (Segment segment : segments) {
            DiskFile file = segment.log();
            file.close();
            for (String suffix : LogFiles.OF_SEGMENT) {
                log.disk().delete(segment.file(suffix + LogFiles.DELETED));
            }
        }
        return segments.size();
    }

    private void deletedForGood(Outcome<Integer> outcome) {
        if (outcome instanceof Outcome.Failed<Integer>(var cause)) {
            log.fail(cause);
        }
    }
}
