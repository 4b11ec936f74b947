package io.tombolo.protocol.records;

/**
 * What a topic accepts from clients.
 *
 * @param produceVersion version of the Produce request; zstd needs 7
 * @param batchBytesMax {@code max.message.bytes}
 * @param logAppendTime whether the topic stamps records itself; then their timestamps do not matter
 * @param timestampBeforeMaxMs {@code message.timestamp.before.max.ms}, how far a timestamp may lie
 *     in the past; {@link Long#MAX_VALUE} for any
 * @param timestampAfterMaxMs {@code message.timestamp.after.max.ms}, how far in the future
 * @param keysRequired whether the topic is compacted, so that every record needs a key
 * @param inspectRecords whether to read every record even when nothing else asks for it
 */
public record ClientBatchRules(
        short produceVersion,
        int batchBytesMax,
        boolean logAppendTime,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        boolean keysRequired,
        boolean inspectRecords) {}
