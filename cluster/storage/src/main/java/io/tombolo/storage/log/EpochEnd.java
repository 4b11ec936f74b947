package io.tombolo.storage.log;

/**
 * Where a leader epoch ends in a log.
 *
 * @param leaderEpoch the largest epoch ≤ the one asked for that the log knows
 * @param endOffset offset after the last record of that epoch
 */
public record EpochEnd(int leaderEpoch, long endOffset) {}
