package io.tombolo.replication.transaction;

import io.tombolo.protocol.records.EndTransactionMarker;
import io.tombolo.storage.log.AppendOrigin;

import java.nio.ByteBuffer;

/**
 * The end of a transaction in one partition, as its coordinator wants it.
 *
 * @param raising whether each end of a transaction raises the producer's epoch (KIP-890): then a
 *     marker of an epoch in which a transaction is open is a late copy, and refused
 */
public record TransactionMarker(
        long producerId,
        short producerEpoch,
        boolean commit,
        int coordinatorEpoch,
        boolean raising) {

    /** As a control batch; offsets and leader epoch are given at the append. */
    public ByteBuffer batch(long nowMs) {
        return new EndTransactionMarker(commit, coordinatorEpoch)
                .batch(0, 0, nowMs, producerId, producerEpoch);
    }

    /** By which rules the log judges it. */
    public AppendOrigin origin() {
        return raising ? AppendOrigin.RAISING_COORDINATOR : AppendOrigin.BROKER;
    }
}
