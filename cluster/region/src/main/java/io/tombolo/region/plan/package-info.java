/**
 * What has to change so that regions become what the topology file says: the difference between the
 * two, as changes that can be made one by one, in any order, again and again.
 *
 * <p>Nothing here asks a region or changes one, reads a clock or a file. Whoever does carries a
 * {@link io.tombolo.region.plan.World} in and {@link io.tombolo.region.plan.Change}s out.
 *
 * <p>Begin with {@link io.tombolo.region.plan.Planner}; {@link io.tombolo.region.plan.Change} says
 * what can be done, and how one tells whether it is done already.
 */
@NullMarked
package io.tombolo.region.plan;

import org.jspecify.annotations.NullMarked;
