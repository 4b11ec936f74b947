package io.tombolo.simulation.law;

/**
 * A batch that was sent at least once.
 *
 * @param token stands in each of its records
 */
public record Sent(String token, long producerId, short producerEpoch, int sequence, int count) {

    /** Whether this is the batch. */
    boolean isIn(LogImage.Batch batch) {
        return batch.token().equals(token) && batch.count() == count;
    }
}
