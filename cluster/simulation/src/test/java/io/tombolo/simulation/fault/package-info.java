/**
 * What goes wrong in a world, and when.
 *
 * <p>Lives here: the script of a world, drawn from its seed, and the hand that plays its faults.
 * Must never live here: what a fault does, which the simulated environment knows. Start reading at
 * {@link io.tombolo.simulation.fault.Script}.
 */
@NullMarked
package io.tombolo.simulation.fault;

import org.jspecify.annotations.NullMarked;
