package io.tombolo.storage.log;

import io.tombolo.protocol.records.BatchVerdict;

/** What became of an append. Nothing was written unless it is {@link Appended}. */
public sealed interface AppendResult {

    /**
     * The batches are in the log, not yet durable; see {@link PartitionLog#durableOffset()}.
     *
     * @param firstOffset offset of the first record
     * @param lastOffset offset of the last record
     * @param logAppendTimeMs the broker's time stamped on the records, -1 when they keep their own
     * @param maxTimestampMs the largest timestamp in the batches
     */
    record Appended(long firstOffset, long lastOffset, long logAppendTimeMs, long maxTimestampMs)
            implements AppendResult {}

    /**
     * One of the last five batches of the same producer again: answer as it was answered then.
     *
     * @param timestampMs the timestamp of the original batch
     */
    record Duplicate(long firstOffset, long lastOffset, long timestampMs) implements AppendResult {}

    /**
     * A batch again that was appended under an earlier leader, and of which it is no more known
     * where. A producer has so many under way with each leader: while the old one keeps silent, it
     * sends more to the new one than are remembered, and then what the old one did not answer.
     *
     * @param endOffset an offset behind it
     */
    record OldDuplicate(long producerId, int sequence, long endOffset) implements AppendResult {}

    /** A gap in the producer's sequence numbers, or a duplicate older than is remembered. */
    record OutOfOrderSequence(long producerId, int expectedSequence, int sequence)
            implements AppendResult {}

    /** A newer incarnation of the producer has written already. */
    record InvalidProducerEpoch(long producerId, short currentEpoch, short epoch)
            implements AppendResult {}

    /** A batch outside of a transaction while its producer's transaction is open. */
    record InvalidTransactionState(long producerId) implements AppendResult {}

    /** A transaction marker of a coordinator that has been replaced. */
    record CoordinatorFenced(long producerId, int currentCoordinatorEpoch, int coordinatorEpoch)
            implements AppendResult {}

    /** The bytes are not whole, sound batches. */
    record Corrupt(BatchVerdict verdict) implements AppendResult {}

    /** Sound bytes that a client may not send, such as control batches. */
    record InvalidRecord(String reason) implements AppendResult {}

    /** A batch larger than {@code messageBytesMax}, or than a whole segment may be. */
    record TooLarge(int batchBytes, int bytesMax) implements AppendResult {}

    /**
     * Mirrored batches do not continue the log: they begin below its end, or above it although the
     * caller did not fetch from elsewhere.
     */
    record NotContiguous(long endOffset, long firstOffset) implements AppendResult {}

    /** Mirrored batches of a leader epoch older than the latest one in the log. */
    record StaleEpoch(int latestEpoch, int leaderEpoch) implements AppendResult {}

    /** There is no room on the disk for it; the log is as it was and may be appended to again. */
    record NoRoom(Exception cause) implements AppendResult {}

    /** The disk failed, now or before: the log takes and gives nothing any more. */
    record Failed(Exception cause) implements AppendResult {}
}
