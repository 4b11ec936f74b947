/**
 * How fast replicas may be copied (KIP-73), so that moving partitions leaves room for clients.
 *
 * <p>Lives here: the limit of one direction on one broker, and which partitions it is for. Must
 * never live here: a clock, or the copying itself. Start reading at {@link
 * io.tombolo.replication.quota.CopyLimit}.
 */
@NullMarked
package io.tombolo.replication.quota;

import org.jspecify.annotations.NullMarked;
