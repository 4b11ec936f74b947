package io.tombolo.replication;

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
 */
public record ReplicaRead(
        int replicaId,
        long brokerEpoch,
        long fetchOffset,
        int lastFetchedEpoch,
        int currentLeaderEpoch,
        long logStartOffset,
        int bytesMax) {}
