/**
 * The quorum guarantee in a broker: the voter of its site, and the leases that the broker asks for.
 *
 * <p>Lives here: the Raft group of the sites, hosted on the first broker of each; what it says on
 * the wire; which domains a broker asks to hold, and the leases that its partitions look at. Must
 * never live here: who may get a lease ({@code region.lease}), how questions travel ({@link
 * io.tombolo.broker.lease.SitePost}), what is written to topics.
 *
 * <p>Start reading at {@link io.tombolo.broker.lease.LeaseSeat}.
 */
@NullMarked
package io.tombolo.broker.lease;

import org.jspecify.annotations.NullMarked;
