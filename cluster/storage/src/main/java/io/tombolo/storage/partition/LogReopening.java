package io.tombolo.storage.partition;

import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.segment.Segment;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/** Gives back the files of a log that has failed, and opens them as after a crash. */
public final class LogReopening implements Callable<LogContents> {

    private final BooleanSupplier writable;
    private final LogContents old;
    private final LogContents next;
    private final long limitOffset;

    /**
     * @param writable whether files can be made in the directory; asked off the loops
     */
    public LogReopening(
            LogContents old, BooleanSupplier writable, LogPlacement placement, long limitOffset) {
        this.writable = writable;
        this.old = old;
        this.next =
                new LogContents(
                        old.name,
                        old.directory,
                        old.topicId,
                        old.environment,
                        placement,
                        old.checkpoints);
        this.next.begun = old.begun;
        this.limitOffset = limitOffset;
    }

    @Override
    public LogContents call() throws IOException {
        // What the old one believes is not written down any more.
        old.opened = false;
        for (Segment segment : old.segments) {
            segment.log().close();
        }
        if (!writable.getAsBoolean()) {
            throw new IOException("nothing can be written next to " + old.directory);
        }
        // Before anything is cut, so that a crash in between is not taken for damage.
        old.checkpoints.lower(old.name, limitOffset, Long.MAX_VALUE);
        if (!next.begun) {
            next.makeDirectory();
        }
        new LogOpening(next, false, LogOpening.Caution.FULL, limitOffset).open();
        return next;
    }

    /** The log as it is now, failed or not. */
    public LogContents contents(Outcome<LogContents> outcome) {
        if (outcome instanceof Outcome.Failed<LogContents>(Exception cause)) {
            next.fail(cause);
        }
        return next;
    }
}
