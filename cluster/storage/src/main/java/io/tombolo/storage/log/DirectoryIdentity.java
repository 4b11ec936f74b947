package io.tombolo.storage.log;

/**
 * Whose data a directory may hold.
 *
 * @param clusterId the cluster's id, not blank
 * @param nodeId the broker's id, at least 0
 */
public record DirectoryIdentity(String clusterId, int nodeId) {

    public DirectoryIdentity {
        if (clusterId.isBlank()) {
            throw new IllegalArgumentException("the cluster id is blank");
        }
        if (nodeId < 0) {
            throw new IllegalArgumentException("node id " + nodeId + " is negative");
        }
    }
}
