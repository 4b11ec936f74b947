package io.tombolo.linker.mirror;

/**
 * What a fetch brought for one partition.
 *
 * @param fetchOffset the offset that was asked for
 * @param logStartOffset of the source, −1 when it did not say
 * @param highWatermark of the source
 */
public record FetchedSlice(
        long fetchOffset, long logStartOffset, long highWatermark, CheckedBatches batches) {}
