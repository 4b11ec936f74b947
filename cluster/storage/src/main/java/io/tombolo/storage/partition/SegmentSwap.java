package io.tombolo.storage.partition;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Puts a compacted segment into the place of those that it was made from. Owned by the log's loop;
 * what forces names runs off it, in the lane of the log.
 *
 * <pre>
 * cleaned      all its files are forced, under names that the next start deletes
 * committed    its files are swap files, the log file last: the next start finishes the swap
 * live         in one turn of the loop the old files lost their names, the new indexes got theirs,
 *              and the segment is in the log; only its log file is still a swap file
 * done         nothing is left to be finished
 * abandoned    the old segments stay, because the log has been cut or has ended meanwhile
 * </pre>
 *
 * <p>The new segment ends where the last of the old ones did, so a start that knows nothing but the
 * swap file knows what it replaces.
 */
public final class SegmentSwap {

    private final LogContents log;
    private final SegmentRemoval removal;
    private final List<Segment> replaced;
    private final Segment cleaned;
    private final long generation;
    private final Consumer<Outcome<Boolean>> done;
    private Stage stage = Stage.CLEANED;

    private enum Stage {
        CLEANED,
        COMMITTED,
        LIVE,
        DONE,
        ABANDONED
    }

    /**
     * @param replaced adjacent segments of the log, all below its recovery point
     * @param cleaned what is left of them, complete and forced under its first names
     * @param done called on the loop with whether it is in the log now
     */
    SegmentSwap(
            LogContents log,
            SegmentRemoval removal,
            List<Segment> replaced,
            Segment cleaned,
            Consumer<Outcome<Boolean>> done) {
        this.log = log;
        this.removal = removal;
        this.replaced = replaced;
        this.cleaned = cleaned;
        this.generation = log.generation;
        this.done = done;
    }

    void begin() {
        log.swap = this;
        // A checkpoint that is made from now on has no index entries of theirs to write; one that
        // was made before is through when the lane comes to this.
        replaced.forEach(Segment::cool);
        log.environment.offload().submit(log.lane(), this::commit, log.owner, this::committed);
    }

    private Boolean commit() throws IOException {
        log.derivedFiles.lock();
        try {
            if (stage == Stage.ABANDONED || log.failure() != null) {
                return false;
            }
            cleaned.renameIndexes(LogFiles.SWAP);
            log.disk().forceDirectory(log.directory);
            cleaned.renameLog(LogFiles.SWAP);
            log.disk().forceDirectory(log.directory);
            stage = Stage.COMMITTED;
            return true;
        } finally {
            log.derivedFiles.unlock();
        }
    }

    private void committed(Outcome<Boolean> outcome) {
        switch (outcome) {
            case Outcome.Failed<Boolean>(Exception cause) -> failed(cause);
            case Outcome.Done<Boolean>(Boolean committed) -> {
                if (!committed || stage == Stage.ABANDONED) {
                    ended(new Outcome.Done<>(false));
                } else if (fits()) {
                    exchange();
                } else {
                    abandon();
                }
            }
        }
    }

    /** Whether the old segments are in the log as they were. */
    private boolean fits() {
        int first = log.segments.indexOf(replaced.getFirst());
        return log.failure() == null
                && (log.generation == generation || !log.caution.yieldsToCuts())
                && first >= 0
                && first + replaced.size() < log.segments.size()
                && log.segments.subList(first, first + replaced.size()).equals(replaced);
    }

    private void exchange() {
        int first = log.segments.indexOf(replaced.getFirst());
        try {
            for (Segment segment : replaced) {
                segment.markRemoved();
                segment.renameForDeletion();
            }
            cleaned.renameIndexes("");
        } catch (IOException failure) {
            failed(failure);
            return;
        }
        stage = Stage.LIVE;
        log.segments.subList(first, first + replaced.size()).clear();
        log.segments.add(first, cleaned);
        log.countBytes();
        log.coolSegments();
        log.environment.offload().submit(log.lane(), this::finish, log.owner, this::finished);
    }

    private Boolean finish() throws IOException {
        log.derivedFiles.lock();
        try {
            if (stage == Stage.LIVE && log.failure() == null) {
                finishNow();
            }
            return true;
        } finally {
            log.derivedFiles.unlock();
        }
    }

    private void finishNow() throws IOException {
        log.disk().forceDirectory(log.directory);
        cleaned.renameLog("");
        log.disk().forceDirectory(log.directory);
        stage = Stage.DONE;
    }

    private void finished(Outcome<Boolean> outcome) {
        switch (outcome) {
            case Outcome.Failed<Boolean>(Exception cause) -> failed(cause);
            case Outcome.Done<Boolean> _ -> {
                removal.deleteLater(replaced);
                ended(outcome);
            }
        }
    }

    /**
     * The log is about to be cut, with the lock on its files held: a swap that is live is finished,
     * any other one given up, durably.
     */
    void settleNow() throws IOException {
        switch (stage) {
            case CLEANED -> stage = Stage.ABANDONED;
            case COMMITTED -> {
                deleteSwapFiles();
                stage = Stage.ABANDONED;
            }
            case LIVE -> finishNow();
            case DONE, ABANDONED -> {}
        }
    }

    private void abandon() {
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        () -> {
                            log.derivedFiles.lock();
                            try {
                                if (stage == Stage.COMMITTED && log.failure() == null) {
                                    deleteSwapFiles();
                                    stage = Stage.ABANDONED;
                                }
                                return false;
                            } finally {
                                log.derivedFiles.unlock();
                            }
                        },
                        log.owner,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Failed<Boolean>(Exception cause) -> failed(cause);
                                case Outcome.Done<Boolean> _ -> ended(outcome);
                            }
                        });
    }

    /** The log file first: without it the others mean nothing. */
    private void deleteSwapFiles() throws IOException {
        log.disk().delete(cleaned.file(LogFiles.LOG));
        log.disk().forceDirectory(log.directory);
        cleaned.deleteCleaned(LogFiles.SWAP);
    }

    /** Nobody knows what the directory holds now; opening the log again finds out. */
    private void failed(Exception cause) {
        log.fail(cause);
        ended(new Outcome.Failed<>(cause));
    }

    private void ended(Outcome<Boolean> outcome) {
        if (log.swap == this) {
            log.swap = null;
        }
        done.accept(outcome);
    }
}
