/**
 * What a leader knows of the replicas that follow it: how far they are, which are in sync, and how
 * far the high watermark may go.
 *
 * <p>Lives here: pure state and decisions, time comes in as an argument. Must never live here: the
 * log, the role of the partition, requests, the controller (it is reached through {@link
 * io.tombolo.replication.leader.IsrProposals}). Start reading at {@link
 * io.tombolo.replication.leader.LeaderReplicas}.
 */
@NullMarked
package io.tombolo.replication.leader;

import org.jspecify.annotations.NullMarked;
