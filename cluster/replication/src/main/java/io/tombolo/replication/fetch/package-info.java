/**
 * Fetching from leaders: one pure machine for each leader that partitions of a shard follow.
 *
 * <p>Lives here: which request comes next, fetch sessions, what an answer means for each partition,
 * pauses after errors. Must never live here: connections, timers, threads; whoever drives it has
 * those. Start reading at {@link io.tombolo.replication.fetch.ReplicaFetcher}.
 */
@NullMarked
package io.tombolo.replication.fetch;

import org.jspecify.annotations.NullMarked;
