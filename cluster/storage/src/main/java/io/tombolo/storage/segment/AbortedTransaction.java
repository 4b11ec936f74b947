package io.tombolo.storage.segment;

/**
 * One aborted transaction of one producer in one partition.
 *
 * @param firstOffset first record of the transaction
 * @param lastOffset offset of its abort marker
 * @param lastStableOffset the last stable offset once this transaction was over: a search for
 *     transactions below it need not look further
 */
public record AbortedTransaction(
        long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
