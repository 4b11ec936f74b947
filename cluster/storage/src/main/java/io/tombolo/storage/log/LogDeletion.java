package io.tombolo.storage.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.partition.LogContents;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Taking a whole log away: its name at once, its files after the delay. */
final class LogDeletion {

    /** How the directory of a deleted log ends. */
    static final String SUFFIX = "-delete";

    private final LogContents log;
    private final Path dataDirectory;
    private final Path renamed;
    private final boolean kept;
    private boolean done;

    /** How the directory of a log ends that nobody knows of, and that is left to people. */
    static final String STRAY = "-stray";

    LogDeletion(LogContents log, Path dataDirectory) {
        this(log, dataDirectory, SUFFIX);
    }

    /** Takes the name away and leaves the files where they are. */
    static LogDeletion onlyOfName(LogContents log, Path dataDirectory) {
        return new LogDeletion(log, dataDirectory, STRAY);
    }

    private LogDeletion(LogContents log, Path dataDirectory, String suffix) {
        this.log = log;
        this.dataDirectory = dataDirectory;
        this.kept = suffix.equals(STRAY);
        String unique = log.environment.entropy().nextUuid().toString().replace("-", "");
        this.renamed = dataDirectory.resolve(log.name.directoryName() + "." + unique + suffix);
    }

    void begin(EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        end();
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        () -> {
                            rename();
                            log.checkpoints.forget(log.name);
                            return true;
                        },
                        replyTo,
                        outcome -> {
                            log.owner.execute(this::removeLater);
                            done.accept(outcome);
                        });
    }

    private void end() {
        log.end("the log " + log.name + " is deleted");
        log.opened = false; // a checkpoint under way does not name it again
    }

    /**
     * Ends the log and takes its name away; durable on return, so it blocks for an fsync. To be
     * followed by {@link #begin}.
     */
    void now() throws IOException {
        end();
        rename();
    }

    private synchronized void rename() throws IOException {
        boolean something = log.begun || log.disk().exists(log.directory);
        if (!done && something) {
            log.disk().move(log.directory, renamed);
            log.segments.forEach(segment -> segment.movedTo(renamed));
            log.disk().forceDirectory(dataDirectory);
        }
        done = true;
    }

    private void removeLater() {
        log.owner.schedule(
                log.settings.fileDeleteDelay().toNanos(),
                () ->
                        log.environment
                                .offload()
                                .submit(log.lane(), this::remove, log.owner, outcome -> {}));
    }

    /** What stays because of a fault is removed by the next start. */
    private Boolean remove() throws IOException {
        for (Segment segment : log.segments) {
            segment.log().close();
        }
        if (!kept) {
            removeTree(log.disk(), renamed);
        }
        return true;
    }

    /** Deletes the directory of a log with all its files. */
    static void removeTree(Disk disk, Path directory) throws IOException {
        for (String file : disk.list(directory)) {
            disk.delete(directory.resolve(file));
        }
        disk.delete(directory);
    }
}
