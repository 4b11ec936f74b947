/**
 * The quorum guarantee of ownership: leases that a ledger with a voter in each of three or more
 * sites gives to regions, so that one that is cut off stops writing before another one starts.
 *
 * <p>Lives here: what the ledger holds and how each of its entries changes it, when a voter may
 * give a domain to somebody else, how long a holder may count on its lease. Must never live here:
 * how entries are replicated (raft), how they travel, clocks or threads: every time is an argument,
 * of the monotonic clock of whoever judges, and only durations are shared.
 *
 * <p>Start reading at {@link io.tombolo.region.lease.LeaseLedger}.
 */
@NullMarked
package io.tombolo.region.lease;

import org.jspecify.annotations.NullMarked;
