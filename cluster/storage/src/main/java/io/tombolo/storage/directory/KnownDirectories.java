package io.tombolo.storage.directory;

import io.tombolo.environment.Disk;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Which directory had which id when this broker ran last, kept beside the metadata log: so that one
 * that cannot be opened is still known by its id, and an empty mount point is not taken for it.
 */
final class KnownDirectories {

    static final String FILE = "log-directories.properties";

    private static final String SEPARATOR = "=";

    private KnownDirectories() {}

    /** The ids by absolute path; none when the file is missing or makes no sense. */
    static Map<Path, UUID> read(Disk disk, Path metadataDirectory) throws IOException {
        Path file = metadataDirectory.resolve(FILE);
        Map<Path, UUID> known = new TreeMap<>();
        if (disk.exists(file)) {
            PropertyFile.decode(disk.readAll(file), SEPARATOR)
                    .orElse(Map.of())
                    .forEach((id, path) ->
                            PartitionMetadata.parse(id)
                                    .ifPresent(parsed -> known.put(Path.of(path), parsed)));
        }
        return known;
    }

    /** Replaces the file unless it says the same already; durable on return. */
    static void write(Disk disk, Path metadataDirectory, Map<Path, UUID> directories)
            throws IOException {
        if (read(disk, metadataDirectory).equals(new TreeMap<>(directories))) {
            return;
        }
        var pairs = new LinkedHashMap<String, String>();
        directories.forEach((path, id) -> pairs.put(PartitionMetadata.text(id), path.toString()));
        disk.writeAtomically(
                metadataDirectory.resolve(FILE), PropertyFile.encode(pairs, SEPARATOR));
    }

    static Path normal(Path path) {
        return path.toAbsolutePath().normalize();
    }

    static Optional<UUID> idOf(Map<Path, UUID> known, Path path) {
        return Optional.ofNullable(known.get(normal(path)));
    }
}
