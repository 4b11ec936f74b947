package io.tombolo.storage.directory;

import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.OpenResult;

import java.util.List;

/** What became of opening the log directories of a broker. */
public sealed interface DirectoriesResult {

    /**
     * They are ours, save those that are offline.
     *
     * @param logs as in {@link OpenResult.Opened}, of all directories
     * @param remarks what else is worth a log line
     */
    record Opened(LogDirectories directories, List<OpenResult.OpenedLog> logs, List<String> remarks)
            implements DirectoriesResult {}

    /**
     * Another process holds one of them, it belongs to another cluster or node, or the metadata log
     * is not where it should be.
     */
    record Refused(Refusal refusal) implements DirectoriesResult {}

    /** The one of the metadata log cannot be used, or none for the logs of topics. */
    record Failed(Exception cause) implements DirectoriesResult {}
}
