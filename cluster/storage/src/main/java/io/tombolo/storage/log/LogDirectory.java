package io.tombolo.storage.log;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A data directory of one broker: the exclusive right to it, its identity, its logs and their
 * checkpoints. Callable from any thread; every answer comes on the loop named for it.
 */
public final class LogDirectory {

    private static final RuntimeException PENDING = new IllegalStateException("being written");

    private LogDirectory() {}

    /**
     * Opens a directory, creating it when it does not exist: takes its lock, checks whose it is,
     * and opens all logs side by side, repairing what an unclean stop left.
     *
     * @param placement settings and owner of each log found; called on {@code Offload}
     * @param replyTo the loop on which {@code done} is called, once
     */
    public static void open(
            Path path,
            DirectoryIdentity identity,
            LogEnvironment environment,
            Function<LogName, LogPlacement> placement,
            EventLoop replyTo,
            Consumer<OpenResult> done) {
        throw PENDING;
    }

    /** The directory's own id, made when it was first used. */
    public UUID directoryId() {
        throw PENDING;
    }

    public Path path() {
        throw PENDING;
    }

    /** The names of all logs, sorted. */
    public List<LogName> names() {
        throw PENDING;
    }

    /** A log by name. */
    public Optional<PartitionLog> log(LogName name) {
        throw PENDING;
    }

    /** Creates a log; {@code done} is called on the owner's loop, once. */
    public void createLog(
            LogName name,
            Optional<UUID> topicId,
            LogPlacement placement,
            Consumer<CreateResult> done) {
        throw PENDING;
    }

    /**
     * Deletes a log: it is renamed, so that the name is free again, and its files are removed
     * later. Nobody may use the log once this is called. {@code done} is called on the owner's loop
     * when the new name is durable.
     */
    public void deleteLog(LogName name, Consumer<Outcome<Boolean>> done) {
        throw PENDING;
    }

    /**
     * Writes recovery points, log starts and high watermarks of all logs; {@code done} is called
     * once they are durable.
     */
    public void checkpoint(EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        throw PENDING;
    }

    /**
     * Closes all logs, leaves the mark of a clean stop and gives up the lock. Nobody may use the
     * logs once this is called.
     */
    public void close(EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        throw PENDING;
    }
}
