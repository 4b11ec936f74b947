/**
 * Whole regions in one thread, on virtual time, with faults drawn from a seed.
 *
 * <p>Lives here: worlds of one region and of two linked ones, the small Kafka clients that work in
 * them, the invariants that are checked after every event, and the broken variants that the
 * invariants must catch. Must never live here: product code, or a test of one module alone. Start
 * reading at {@link io.tombolo.simulation.World}.
 */
@NullMarked
package io.tombolo.simulation;

import org.jspecify.annotations.NullMarked;
