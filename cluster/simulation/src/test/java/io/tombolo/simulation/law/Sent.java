package io.tombolo.simulation.law;

/**
 * A batch that was sent at least once.
 *
 * @param token stands in each of its records
 */
public record Sent(String token, long producerId, short producerEpoch, int sequence, int count) {

    /** How tokens of producers with acks=1 begin. */
    public static final String ALONE = "alone ";

    /** How tokens of batches in transactions begin. */
    public static final String IN_TRANSACTION = "tx ";

    /** Whether a leader takes it for this batch, sent once more. */
    boolean isTakenFor(LogImage.Batch batch) {
        return batch.producerId() == producerId
                && batch.producerEpoch() == producerEpoch
                && batch.sequence() == sequence
                && batch.count() == count;
    }

    /** Whether this is the batch. */
    boolean isIn(LogImage.Batch batch) {
        return batch.token().equals(token) && batch.count() == count;
    }
}
