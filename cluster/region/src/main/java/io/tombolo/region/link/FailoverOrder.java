package io.tombolo.region.link;

/**
 * Tells a link that its destination takes over.
 *
 * @param ownershipEpoch the new epoch, already committed in this region
 * @param patienceNanos how long to wait for appends in flight before reporting without them, &gt; 0
 */
public record FailoverOrder(long ownershipEpoch, long patienceNanos) {

    public FailoverOrder {
        if (patienceNanos <= 0) {
            throw new IllegalArgumentException("the patience of a failover must be positive");
        }
    }
}
