package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The file {@code replica.properties}: under which directory id this log votes. It lies beside the
 * log and the votes, so that it is lost with them.
 */
final class ReplicaIdFile {

    private static final String KEY = "directory.id";

    private final Disk disk;
    private final Path path;

    ReplicaIdFile(Disk disk, Path directory) {
        this.disk = disk;
        this.path = directory.resolve("replica.properties");
    }

    /** The id last written; empty when none was, or it cannot be read. */
    Optional<UUID> read() throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        return PropertyFile.decode(disk.readAll(path), "=")
                .flatMap(pairs -> Optional.ofNullable(pairs.get(KEY)))
                .flatMap(PartitionMetadata::parse);
    }

    /** Durable when it returns. */
    void write(UUID id) throws IOException {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put(KEY, PartitionMetadata.text(id));
        pairs.put("version", "1");
        disk.writeAtomically(path, PropertyFile.encode(pairs, "="));
    }
}
