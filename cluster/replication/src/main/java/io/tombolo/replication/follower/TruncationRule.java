package io.tombolo.replication.follower;

import io.tombolo.storage.log.EpochEnd;
import io.tombolo.storage.log.PartitionLog;

/**
 * Where a log that diverges from its leader's is cut. Nothing but tests has another rule than
 * {@link #BY_EPOCH}.
 */
@FunctionalInterface
public interface TruncationRule {

    /**
     * Where both logs end in the largest epoch that they may share: below, both have the records of
     * the same leaders. Never by the high watermark, which says nothing of what a leader appended
     * that this replica did not hear of (KIP-101). When this log does not have the leader's epoch,
     * the next fetch goes on from its own one below.
     */
    TruncationRule BY_EPOCH =
            (log, leader, _) -> {
                long own =
                        log.endOffsetForEpoch(leader.leaderEpoch())
                                .map(EpochEnd::endOffset)
                                .orElse(log.endOffset());
                return Math.min(own, leader.endOffset());
            };

    /** The offset to cut at, possibly below the log start. */
    long target(PartitionLog log, EpochEnd leader, long highWatermark);
}
