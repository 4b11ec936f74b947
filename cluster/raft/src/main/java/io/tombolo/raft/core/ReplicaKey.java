package io.tombolo.raft.core;

import java.util.UUID;

/**
 * Who a replica is: its node id and the id of the directory that holds its log. A node that lost
 * its disk comes back with another directory id and is therefore another replica, which can not
 * vote with an empty log in the name of the old one.
 *
 * @param nodeId ≥ 0, or −1 in {@link #NONE} only
 */
public record ReplicaKey(int nodeId, UUID directoryId) implements Comparable<ReplicaKey> {

    /** Nobody; stands for "has not voted". */
    public static final ReplicaKey NONE = new ReplicaKey(-1, new UUID(0, 0));

    public ReplicaKey {
        if (nodeId < -1) {
            throw new IllegalArgumentException("node id " + nodeId + " is negative");
        }
    }

    /** Whether this is a replica at all. */
    public boolean present() {
        return nodeId >= 0;
    }

    @Override
    public int compareTo(ReplicaKey other) {
        int byNode = Integer.compare(nodeId, other.nodeId);
        return byNode != 0 ? byNode : directoryId.compareTo(other.directoryId);
    }

    @Override
    public String toString() {
        return present() ? nodeId + "/" + directoryId : "nobody";
    }
}
