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

    LogDeletion(LogContents log, Path dataDirectory) {
        this.log = log;
        this.dataDirectory = dataDirectory;
        String unique = log.environment.entropy().nextUuid().toString().replace("-", "");
        this.renamed = dataDirectory.resolve(log.name.directoryName() + "." + unique + SUFFIX);
    }

    void begin(EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        log.end("the log " + log.name + " is deleted");
        log.environment
                .offload()
                .submit(
                        log.lane(),
                        this::rename,
                        replyTo,
                        outcome -> {
                            log.owner.execute(this::removeLater);
                            done.accept(outcome);
                        });
    }

    private Boolean rename() throws IOException {
        log.disk().move(log.directory, renamed);
        log.disk().forceDirectory(dataDirectory);
        log.checkpoints.forget(log.name);
        return true;
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
        removeTree(log.disk(), renamed);
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
