/**
 * How a replica comes back whose log has failed. What lives here: the decision when its files may
 * be opened again, how much of them counts, and what the controller has to have heard before. What
 * must never: files, or anybody who is told. Start at {@link
 * io.tombolo.replication.repair.ReplicaRepair}.
 */
@NullMarked
package io.tombolo.replication.repair;

import org.jspecify.annotations.NullMarked;
