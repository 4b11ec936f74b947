package io.tombolo.replication;

import io.tombolo.storage.log.Isolation;

/**
 * A consumer's wish to read.
 *
 * @param currentLeaderEpoch the epoch the client knows, −1 for no check
 * @param lastFetchedEpoch the epoch of the last record it has, −1 for no check
 * @param bytesMax soft limit; see {@code PartitionLog.read}
 */
public record FetchRead(
        long fetchOffset,
        int currentLeaderEpoch,
        int lastFetchedEpoch,
        int bytesMax,
        Isolation isolation) {}
