package io.tombolo.storage.log;

import java.util.OptionalLong;

/**
 * What a log remembers of a producer, as DescribeProducers shows it.
 *
 * @param lastSequence sequence of its last record, -1 when none is remembered
 * @param lastTimestampMs timestamp of its last batch or marker
 * @param coordinatorEpoch epoch of the coordinator that wrote its last marker, -1 when none did
 * @param openTransactionOffset first offset of its open transaction
 */
public record ProducerView(
        long producerId,
        short producerEpoch,
        int lastSequence,
        long lastTimestampMs,
        int coordinatorEpoch,
        OptionalLong openTransactionOffset) {}
