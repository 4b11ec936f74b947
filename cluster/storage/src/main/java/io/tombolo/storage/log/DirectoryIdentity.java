package io.tombolo.storage.log;

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
 */
public record DirectoryIdentity(
        String clusterId, int nodeId, Optional<UUID> installation, Optional<UUID> directoryId) {

    public static final String FILE = "meta.properties";

    public static final String INSTALLATION = "installation.id";

    public static final String DIRECTORY = "directory.id";

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
        this(clusterId, nodeId, Optional.empty(), Optional.empty());
    }

    /** As one of the directories of an installation. */
    public DirectoryIdentity in(UUID installationId) {
        return new DirectoryIdentity(clusterId, nodeId, Optional.of(installationId), directoryId);
    }

    public DirectoryIdentity of(Optional<UUID> directory) {
        return new DirectoryIdentity(clusterId, nodeId, installation, directory);
    }
}
