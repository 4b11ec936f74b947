package io.tombolo.replication;

import io.tombolo.replication.transaction.Verification;

import java.nio.ByteBuffer;

/**
 * Batches that a client wants appended.
 *
 * @param batches position to limit; patched in place, not kept after the call
 * @param acks 0, 1, or −1 for all replicas in sync
 * @param timeoutNanos how long to wait for the acknowledgement
 * @param version of the Produce request
 * @param verification what {@link Partition#admission} gave, for requests with a transactional id
 */
public record Produce(
        ByteBuffer batches,
        short acks,
        long timeoutNanos,
        short version,
        Verification verification) {

    /** Of a request without a transactional id. */
    public Produce(ByteBuffer batches, short acks, long timeoutNanos, short version) {
        this(batches, acks, timeoutNanos, version, Verification.NONE);
    }

    /** The same with what the partition wants to see of a transaction. */
    public Produce with(Verification verification) {
        return new Produce(batches, acks, timeoutNanos, version, verification);
    }
}
