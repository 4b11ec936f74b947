package io.tombolo.storage.partition;

import io.tombolo.storage.segment.Segment;

import java.io.IOException;

/** Makes a new log. Blocks; runs off the loops. */
public final class LogCreation {

    private final LogContents log;

    public LogCreation(LogContents log) {
        this.log = log;
    }

    /**
     * One that gets its files with its first record; at once where a directory of its name is in
     * the way, which is used as it is.
     */
    public void unwritten() throws IOException {
        if (log.disk().exists(log.directory)) {
            withFiles();
            return;
        }
        log.checkpoints.begin(log.name);
        log.openUnwritten();
    }

    /** One that has files from the start. */
    public void withFiles() throws IOException {
        try {
            log.checkpoints.begin(log.name);
            log.makeDirectory();
            new LogOpening(log, false, LogOpening.Caution.FULL).open();
            Exception refusal = log.failure();
            if (refusal != null) {
                throw new IOException(refusal);
            }
        } catch (IOException failure) {
            close(failure);
            throw failure;
        }
    }

    /** Gives back the files of a log that is not going to be one. */
    private void close(IOException because) {
        for (Segment segment : log.segments) {
            try {
                segment.log().close();
            } catch (IOException alsoFailed) {
                because.addSuppressed(alsoFailed);
            }
        }
    }
}
