package io.tombolo.coordinator.runtime;

/**
 * That the transaction of a producer has ended on a partition of an internal topic: its marker is
 * in the log.
 *
 * @param producerEpoch of the marker
 * @param committed otherwise aborted
 */
public record TransactionEnd(long producerId, short producerEpoch, boolean committed) {}
