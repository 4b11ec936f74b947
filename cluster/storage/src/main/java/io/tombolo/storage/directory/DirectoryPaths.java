package io.tombolo.storage.directory;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where a node keeps its data.
 *
 * @param logs the directories of its logs, at least one, all different
 * @param metadata the one of the metadata log: one of the others, or a directory of its own, in
 *     which no log of a topic is ever made
 * @param sole whether no other node can have the metadata log: where it is lost it is lost for good
 */
public record DirectoryPaths(List<Path> logs, Path metadata, boolean sole) {

    /** The folder of the metadata log in its directory. */
    public static final String METADATA_FOLDER = "metadata";

    public DirectoryPaths {
        logs = List.copyOf(logs);
        if (logs.isEmpty()) {
            throw new IllegalArgumentException("no directory to keep logs in");
        }
        for (Path log : logs) {
            metadata = same(log, metadata) ? log : metadata;
        }
    }

    /** Of a node among others. */
    public DirectoryPaths(List<Path> logs, Path metadata) {
        this(logs, metadata, false);
    }

    /** With the metadata log in the first of them. */
    public static DirectoryPaths of(List<Path> logs) {
        return new DirectoryPaths(logs, logs.getFirst());
    }

    /** Whether no log of a topic is where the metadata log is. */
    boolean apart() {
        return !logs.contains(metadata);
    }

    /** Each once. */
    List<Path> all() {
        return apart() ? Stream.concat(logs.stream(), Stream.of(metadata)).toList() : logs;
    }

    private static boolean same(Path one, Path other) {
        return KnownDirectories.normal(one).equals(KnownDirectories.normal(other));
    }
}
