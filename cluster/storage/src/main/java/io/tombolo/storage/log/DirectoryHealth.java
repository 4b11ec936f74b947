package io.tombolo.storage.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;

/**
 * Decides whether a directory has failed, or only a log in it. Pure; not safe for threads.
 *
 * <pre>
 * what happens                             then
 * a log fails for another reason than I/O  nothing: it is the log
 * bytes of a log were altered              nothing: it is that log
 * a log, or the directory itself, fails    probe: write, force and delete a small file
 * the probe fails                          offline
 * the probe fails, and the disk is full    nothing: what is there can still be read
 * the probe succeeds                       nothing, unless so many logs have failed: then offline
 * </pre>
 *
 * <p>Apache Kafka gives a directory up with the first error. One bad sector then takes every
 * partition of a disk away; here it takes one.
 */
final class DirectoryHealth {

    /** Logs that fail one after the other before the probe is no longer believed. */
    static final int FAILED_LOGS_MAX = 3;

    private final Set<LogName> failedLogs = new HashSet<>();
    private boolean offline;

    /** What is to be done. */
    enum Verdict {
        GO_ON,
        PROBE,
        OFFLINE
    }

    Verdict logFailed(LogName name, Throwable cause) {
        boolean ofDisk = cause instanceof IOException || cause instanceof UncheckedIOException;
        boolean altered = cause instanceof LogDamage && cause.getCause() == null;
        if (offline || !ofDisk || altered) {
            return Verdict.GO_ON;
        }
        failedLogs.add(name);
        return Verdict.PROBE;
    }

    Verdict directoryFailed() {
        return offline ? Verdict.GO_ON : Verdict.PROBE;
    }

    /**
     * @param full whether there is next to no room on the disk
     */
    Verdict probed(boolean succeeded, boolean full) {
        if (offline) {
            return Verdict.GO_ON;
        }
        if (full) {
            failedLogs.clear();
            return Verdict.GO_ON;
        }
        offline = !succeeded || failedLogs.size() >= FAILED_LOGS_MAX;
        return offline ? Verdict.OFFLINE : Verdict.GO_ON;
    }
}
