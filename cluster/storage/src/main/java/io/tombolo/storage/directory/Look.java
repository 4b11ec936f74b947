package io.tombolo.storage.directory;

import io.tombolo.environment.Disk;
import io.tombolo.environment.DiskFile;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.partition.DirectoryCheckpoints;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a directory says of itself, by reading alone.
 *
 * @param begun whether it has been used before
 * @param pairs of its {@code meta.properties}; none when that makes no sense
 * @param logs of topics
 * @param listed logs that its checkpoints name, those without files among them
 * @param known which directories it has run with, if the metadata log was in it
 */
record Look(
        Path path,
        boolean begun,
        Map<String, String> pairs,
        List<LogName> logs,
        List<LogName> listed,
        Folder metadata,
        Map<Path, UUID> known) {

    /** What is in the folder of the metadata log. */
    enum Folder {
        /** It is not there. */
        MISSING,
        /** A start that came to nothing has left it, without a record. */
        IDLE,
        FILLED
    }

    static Look at(Path path, Disk disk) throws IOException {
        Path meta = path.resolve(DirectoryIdentity.FILE);
        boolean begun = disk.exists(meta);
        return new Look(
                path,
                begun,
                begun ? PropertyFile.decode(disk.readAll(meta), "=").orElse(Map.of()) : Map.of(),
                disk.list(path).stream().flatMap(it -> LogName.parse(it).stream()).toList(),
                DirectoryCheckpoints.load(disk, path).names(),
                metadata(path.resolve(DirectoryPaths.METADATA_FOLDER), disk),
                KnownDirectories.read(disk, path));
    }

    private static Folder metadata(Path folder, Disk disk) throws IOException {
        for (String log : disk.list(folder)) {
            if (LogName.parse(log).isEmpty()) {
                continue;
            }
            for (String file : disk.list(folder.resolve(log))) {
                if (file.endsWith(".checkpoint")
                        || file.endsWith(".log")
                                && hasBytes(folder.resolve(log).resolve(file), disk)) {
                    return Folder.FILLED;
                }
            }
        }
        return disk.exists(folder) ? Folder.IDLE : Folder.MISSING;
    }

    private static boolean hasBytes(Path path, Disk disk) throws IOException {
        try (DiskFile file = disk.openForReading(path)) {
            return file.size() > 0;
        }
    }

    /** A log of a topic, one with files if there is any. */
    Optional<LogName> oneLog() {
        return Stream.concat(logs.stream(), listed.stream()).findFirst();
    }

    boolean hasMetadata() {
        return metadata == Folder.FILLED;
    }

    Path metadataFolder() {
        return path.resolve(DirectoryPaths.METADATA_FOLDER);
    }

    Optional<UUID> id() {
        return uuid(DirectoryIdentity.DIRECTORY);
    }

    Optional<UUID> installation() {
        return uuid(DirectoryIdentity.INSTALLATION);
    }

    /** Where the metadata log was when it was last used, if in another directory. */
    Optional<Path> metadataElsewhere() {
        return Optional.ofNullable(pairs.get(DirectoryIdentity.METADATA)).map(Path::of);
    }

    private Optional<UUID> uuid(String key) {
        return PartitionMetadata.parse(pairs.getOrDefault(key, ""));
    }
}
