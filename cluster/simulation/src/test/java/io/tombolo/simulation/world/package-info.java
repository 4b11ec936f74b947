/**
 * One seeded world, from its first start to the time when everything has been done.
 *
 * <p>Lives here: how regions, clients, watches and script are put together, and the two phases.
 * Must never live here: which seeds are run. Start reading at {@link
 * io.tombolo.simulation.world.World}.
 */
@NullMarked
package io.tombolo.simulation.world;

import org.jspecify.annotations.NullMarked;
