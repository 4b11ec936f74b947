package io.tombolo.storage.log;

import io.tombolo.storage.log.DirectoryIdentity.Refusal;

import java.util.List;

/** What became of opening a data directory. */
public sealed interface OpenResult {

    /**
     * The directory is ours. A log that could not be opened is in the list all the same, failed:
     * see {@link PartitionLog#failure()}.
     */
    record Opened(LogDirectory directory, List<OpenedLog> logs) implements OpenResult {}

    /** Another process holds the directory, or it belongs to another cluster or node. */
    record Refused(Refusal refusal) implements OpenResult {}

    /** The disk failed. */
    record Failed(Exception cause) implements OpenResult {}

    /** A log, and what opening it had to repair. Use the log on its owner's loop only. */
    record OpenedLog(PartitionLog log, Recovery recovery) {}
}
