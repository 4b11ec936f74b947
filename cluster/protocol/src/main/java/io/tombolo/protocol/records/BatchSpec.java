package io.tombolo.protocol.records;

/**
 * The header of a batch to be built, as far as its records do not determine it.
 *
 * @param baseOffset offset of the first record
 * @param partitionLeaderEpoch epoch of the append, or -1
 * @param producerId and the next two: the producer, or -1 each
 * @param logAppendTime whether the largest timestamp stands for all records
 */
public record BatchSpec(
        long baseOffset,
        int partitionLeaderEpoch,
        BatchCompression compression,
        long producerId,
        short producerEpoch,
        int baseSequence,
        boolean transactional,
        boolean control,
        boolean logAppendTime) {

    /** A plain batch: offset 0, no epoch, no producer, no compression. */
    public static final BatchSpec PLAIN =
            new BatchSpec(0, -1, BatchCompression.NONE, -1, (short) -1, -1, false, false, false);

    /** The spec of an existing batch, so that it can be built again with other records. */
    public static BatchSpec of(BatchView batch) {
        return new BatchSpec(
                batch.baseOffset(),
                batch.partitionLeaderEpoch(),
                BatchCompression.of(batch.codec()),
                batch.producerId(),
                batch.producerEpoch(),
                batch.baseSequence(),
                batch.transactional(),
                batch.control(),
                batch.logAppendTime());
    }

    /** This spec at another base offset and epoch. */
    public BatchSpec at(long offset, int leaderEpoch) {
        return new BatchSpec(
                offset,
                leaderEpoch,
                compression,
                producerId,
                producerEpoch,
                baseSequence,
                transactional,
                control,
                logAppendTime);
    }

    /** This spec with another compression. */
    public BatchSpec compressed(BatchCompression with) {
        return new BatchSpec(
                baseOffset,
                partitionLeaderEpoch,
                with,
                producerId,
                producerEpoch,
                baseSequence,
                transactional,
                control,
                logAppendTime);
    }

    /** This spec for an idempotent, or when {@code inTransaction} transactional, producer. */
    public BatchSpec from(long id, short epoch, int sequence, boolean inTransaction) {
        return new BatchSpec(
                baseOffset,
                partitionLeaderEpoch,
                compression,
                id,
                epoch,
                sequence,
                inTransaction,
                control,
                logAppendTime);
    }

    int attributes() {
        return compression.codec().id()
                | (logAppendTime ? BatchView.LOG_APPEND_TIME_BIT : 0)
                | (transactional ? BatchView.TRANSACTIONAL_BIT : 0)
                | (control ? BatchView.CONTROL_BIT : 0);
    }
}
