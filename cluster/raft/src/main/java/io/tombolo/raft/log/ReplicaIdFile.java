package io.tombolo.raft.log;

import io.tombolo.environment.Disk;
import io.tombolo.raft.core.ReplicaKey;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * The file {@code meta.properties} beside the log and the votes, lost with them: under which
 * directory id this log votes. It is as Kafka's {@code kafka-metadata-quorum add-controller} reads
 * it, to which the log's directory is a metadata directory.
 */
final class ReplicaIdFile {

    private static final String KEY = "directory.id";

    private final Disk disk;
    private final Path path;

    ReplicaIdFile(Disk disk, Path directory) {
        this.disk = disk;
        this.path = directory.resolve("meta.properties");
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
    void write(String clusterId, ReplicaKey replica) throws IOException {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("cluster.id", clusterId);
        pairs.put(KEY, PartitionMetadata.text(replica.directoryId()));
        pairs.put("node.id", Integer.toString(replica.nodeId()));
        pairs.put("version", "1");
        disk.writeAtomically(path, PropertyFile.encode(pairs, "="));
    }
}
