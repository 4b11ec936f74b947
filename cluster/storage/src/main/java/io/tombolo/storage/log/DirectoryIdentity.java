package io.tombolo.storage.log;

import io.tombolo.environment.Disk.LockHeld;
import io.tombolo.storage.segment.PartitionMetadata;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Whose data a directory may hold, as its file {@code meta.properties} says.
 *
 * @param clusterId the cluster's id, not blank
 * @param nodeId the broker's id, at least 0
 * @param installation drawn when the first directory of the node was begun, and in all of them
 *     since: the other ids follow from names, which two installations may share. Empty where it is
 *     not asked for
 * @param directoryId the id that the directory had when it was last used: one that has none now is
 *     not it (its disk may not be mounted), and fails to open. Empty when it may be new
 * @param metadata which other directory the metadata log is in, written down so that it is found
 *     when the file names another place for it
 */
public record DirectoryIdentity(
        String clusterId,
        int nodeId,
        Optional<UUID> installation,
        Optional<UUID> directoryId,
        Optional<Path> metadata) {

    public static final String FILE = "meta.properties";

    /** Held by the process that uses the directory. */
    public static final String LOCK = ".lock";

    public static final String INSTALLATION = "installation.id";

    public static final String DIRECTORY = "directory.id";

    public static final String METADATA = "metadata.dir";

    /**
     * Why directories are not used as they are, in words for people. Nothing in them was changed.
     *
     * @param fix what to do about it
     */
    public record Refusal(String reason, String fix) {

        /** Of a directory whose lock somebody holds. */
        public static Refusal inUse(Path path, LockHeld held) {
            return new Refusal(
                    "the data directory %s cannot be locked: %s".formatted(path, held.getMessage()),
                    "stop the process that uses it, or name another directory");
        }
    }

    public DirectoryIdentity {
        if (clusterId.isBlank()) {
            throw new IllegalArgumentException("the cluster id is blank");
        }
        if (nodeId < 0) {
            throw new IllegalArgumentException("node id " + nodeId + " is negative");
        }
    }

    /** Of a directory that may be new. */
    public DirectoryIdentity(String clusterId, int nodeId) {
        this(clusterId, nodeId, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /** As one of the directories of an installation. */
    public DirectoryIdentity in(UUID installationId) {
        return new DirectoryIdentity(
                clusterId, nodeId, Optional.of(installationId), directoryId, metadata);
    }

    public DirectoryIdentity of(Optional<UUID> directory, Optional<Path> home) {
        return new DirectoryIdentity(clusterId, nodeId, installation, directory, home);
    }

    /**
     * Why a directory is not this node's.
     *
     * @param pairs what its file says
     */
    public Optional<Refusal> objection(Path path, Map<String, String> pairs) {
        String version = pairs.getOrDefault("version", "none");
        if (!version.equals("1")) {
            return Optional.of(
                    new Refusal(
                            "%s/%s has the version %s; only 1 is supported"
                                    .formatted(path, FILE, version),
                            "start the release that wrote it, or name another directory"));
        }
        String cluster = pairs.getOrDefault("cluster.id", clusterId);
        if (!cluster.equals(clusterId)) {
            return Optional.of(
                    new Refusal(
                            "the data directory %s belongs to the cluster %s, not to %s"
                                    .formatted(path, cluster, clusterId),
                            "name another directory, or give name: and the region the names they"
                                    + " had"));
        }
        String node = pairs.getOrDefault("node.id", Integer.toString(nodeId));
        if (!node.equals(Integer.toString(nodeId))) {
            return Optional.of(
                    new Refusal(
                            "the data directory %s belongs to the node %s, not to %d"
                                    .formatted(path, node, nodeId),
                            "ids of nodes follow the order of the regions in the file, so keep"
                                    + " that order and add regions at the end"));
        }
        Optional<UUID> theirs = PartitionMetadata.parse(pairs.getOrDefault(INSTALLATION, ""));
        if (installation.isPresent() && theirs.isPresent() && !theirs.equals(installation)) {
            return Optional.of(
                    new Refusal(
                            "the data directory %s is one of another installation, by %s in its %s"
                                    .formatted(path, INSTALLATION, FILE),
                            "name only directories that ran together, or empty ones"));
        }
        return Optional.empty();
    }
}
