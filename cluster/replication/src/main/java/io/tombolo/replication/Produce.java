package io.tombolo.replication;

import java.nio.ByteBuffer;

/**
 * Batches that a client wants appended.
 *
 * @param batches position to limit; patched in place, not kept after the call
 * @param acks 0, 1, or −1 for all replicas in sync
 * @param timeoutNanos how long to wait for the acknowledgement
 * @param version of the Produce request
 */
public record Produce(ByteBuffer batches, short acks, long timeoutNanos, short version) {}
