/**
 * What goes wrong in a simulation, as data: drawn from a seed, written down, played, made shorter.
 *
 * <p>Lives here: the faults and their schedules. Must never live here: how a fault works, which is
 * the business of the simulated node, network and disk. Start reading at {@link
 * io.tombolo.environment.simulated.fault.FaultSchedule}.
 */
@NullMarked
package io.tombolo.environment.simulated.fault;

import org.jspecify.annotations.NullMarked;
