package io.tombolo.broker.torn;

/**
 * A transaction that is open in the copy of some partition, and may be committed in another one.
 *
 * @param producerEpoch in which its records were produced
 */
public record Suspect(long producerId, int producerEpoch) {}
