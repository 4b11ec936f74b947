package io.tombolo.storage.log;

import java.util.Optional;
import java.util.UUID;

/**
 * Whose data a directory may hold.
 *
 * @param clusterId the cluster's id, not blank
 * @param nodeId the broker's id, at least 0
 * @param directoryId the id that the directory had when it was last used: one that has none now is
 *     not it (its disk may not be mounted), and fails to open. Empty when it may be new
 */
public record DirectoryIdentity(String clusterId, int nodeId, Optional<UUID> directoryId) {

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
        this(clusterId, nodeId, Optional.empty());
    }

    public DirectoryIdentity of(Optional<UUID> directory) {
        return new DirectoryIdentity(clusterId, nodeId, directory);
    }
}
