package io.tombolo.replication;

import io.tombolo.replication.leader.Attendance;

/**
 * A follower's wish to read.
 *
 * @param replicaId the broker that follows
 * @param brokerEpoch of its registration, −1 when it does not tell
 * @param fetchOffset the end of its log: it has everything below
 * @param lastFetchedEpoch leader epoch of its last record, −1 when it has none
 * @param currentLeaderEpoch the leader epoch that it follows, −1 for no check
 * @param logStartOffset the start of its log
 * @param bytesMax soft limit; see {@code PartitionLog.read}
 * @param attendance of the session that this read is part of: until the next read of this partition
 *     the session's fetches count as reads at the same offset
 */
public record ReplicaRead(
        int replicaId,
        long brokerEpoch,
        long fetchOffset,
        int lastFetchedEpoch,
        int currentLeaderEpoch,
        long logStartOffset,
        int bytesMax,
        Attendance attendance) {

    /** A read that is part of no session. */
    public ReplicaRead(
            int replicaId,
            long brokerEpoch,
            long fetchOffset,
            int lastFetchedEpoch,
            int currentLeaderEpoch,
            long logStartOffset,
            int bytesMax) {
        this(
                replicaId,
                brokerEpoch,
                fetchOffset,
                lastFetchedEpoch,
                currentLeaderEpoch,
                logStartOffset,
                bytesMax,
                new Attendance());
    }
}
