/**
 * The rules about replicas: who leads, who is in sync or eligible, where replicas are placed.
 *
 * <p>Lives here: the change of one partition ({@link
 * io.tombolo.controller.replica.PartitionTransition}), the changes that follow when a broker comes
 * or goes, placement, and planners that only read an image and propose reassignments. {@link
 * io.tombolo.controller.replica.DrainPlan} is the first planner; whatever balances a region by
 * itself one day stands beside it and proposes the same way, through {@code AlterReassignments}.
 *
 * <p>Must never live here: commands, clocks, anything that remembers.
 *
 * <p>Start reading at {@link io.tombolo.controller.replica.PartitionTransition}.
 */
@NullMarked
package io.tombolo.controller.replica;

import org.jspecify.annotations.NullMarked;
