package io.tombolo.replication;

import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.ClientBatchRules;

import java.util.Optional;

/**
 * What the topic's configs mean for a partition, beyond what its log is told.
 *
 * @param inSyncMin replicas that must be in sync before acks=all is accepted
 * @param messageBytesMax largest batch in bytes
 * @param logAppendTime whether the broker stamps records
 * @param timestampBeforeMaxMs how far in the past a timestamp may lie
 * @param timestampAfterMaxMs how far in the future
 * @param compacted whether every record needs a key
 * @param compression what batches are re-encoded to, empty to keep the producer's
 * @param inflatedBytesMax bytes that the records of a batch may have, inflated, when they have to
 *     be read or compressed anew
 */
public record PartitionSettings(
        int inSyncMin,
        int messageBytesMax,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean compacted,
        Optional<BatchCompression> compression,
        int inflatedBytesMax) {

    /** Kafka's defaults. */
    public static final PartitionSettings STANDARD =
            new PartitionSettings(
                    1,
                    1048588,
                    false,
                    Long.MAX_VALUE,
                    3_600_000,
                    false,
                    Optional.empty(),
                    Integer.MAX_VALUE - 8);

    ClientBatchRules rules(short produceVersion) {
        return new ClientBatchRules(
                produceVersion,
                messageBytesMax,
                logAppendTime,
                timestampBeforeMaxMs,
                timestampAfterMaxMs,
                compacted,
                false);
    }
}
