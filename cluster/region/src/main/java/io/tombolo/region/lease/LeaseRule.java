package io.tombolo.region.lease;

/** What keeps two regions from writing at once; apart so that tests can break it. */
enum LeaseRule {
    /** Nobody else gets a lease before it has run out. */
    WAIT,
    /** A judgement is void after a renewal that it did not know. */
    SEEN_RENEWALS,
    /** Whoever gets the lease from another one has a higher epoch. */
    EPOCH_GROWS
}
