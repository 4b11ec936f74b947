package io.tombolo.storage.log;

import io.tombolo.environment.DiskFile;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Takes the files of segments away: first by name, so that no later start finds them, and after the
 * delay for good.
 */
final class SegmentRemoval {

    static final List<String> SUFFIXES =
            List.of(
                    LogFiles.LOG,
                    LogFiles.OFFSET_INDEX,
                    LogFiles.TIME_INDEX,
                    LogFiles.TRANSACTION_INDEX);

    private final LogContents log;

    SegmentRemoval(LogContents log) {
        this.log = log;
    }

    /** Renames on the calling thread, from the last segment to the first; forces nothing. */
    void removeNow(List<Segment> segments) throws IOException {
        for (Segment segment : segments.reversed()) {
            segment.markRemoved();
            rename(segment);
        }
        deleteLater(segments);
    }

    /**
     * Raises the log start durably, then renames, all of it off the loop: a crash in between leaves
     * segments below the log start, which the next start removes.
     */
    void removeBehind(List<Segment> segments, long startOffset) {
        segments.forEach(Segment::markRemoved);
        var obsolete = List.copyOf(log.snapshots.headSet(log.segments.getFirst().baseOffset()));
        log.snapshots.removeAll(obsolete);
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        () -> {
                            log.checkpoints.raiseLogStart(log.name, startOffset);
                            for (Segment segment : segments) {
                                rename(segment);
                            }
                            for (long offset : obsolete) {
                                log.disk()
                                        .delete(
                                                LogFiles.file(
                                                        log.directory, offset, LogFiles.SNAPSHOT));
                            }
                            return segments;
                        },
                        log.owner,
                        this::removed);
    }

    private void removed(Outcome<List<Segment>> outcome) {
        switch (outcome) {
            case Outcome.Done<List<Segment>>(var segments) -> deleteLater(segments);
            case Outcome.Failed<List<Segment>>(var cause) -> log.fail(cause);
        }
    }

    private void rename(Segment segment) throws IOException {
        for (String suffix : SUFFIXES) {
            Path file = segment.file(suffix);
            if (log.disk().exists(file)) {
                log.disk().move(file, deleted(file));
            }
        }
    }

    private void deleteLater(List<Segment> segments) {
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
            for (String suffix : SUFFIXES) {
                log.disk().delete(deleted(segment.file(suffix)));
            }
        }
        return segments.size();
    }

    private void deletedForGood(Outcome<Integer> outcome) {
        if (outcome instanceof Outcome.Failed<Integer>(var cause)) {
            log.fail(cause);
        }
    }

    private static Path deleted(Path file) {
        return file.resolveSibling(file.getFileName() + LogFiles.DELETED);
    }
}
