/**
 * The same seams as {@code io.tombolo.environment}, driven by one thread in virtual time from one
 * seed: whole clusters run in a test, faster than real time, with faults that a real machine shows
 * once a year, and every run can be repeated exactly.
 *
 * <p>Lives here: the simulator and what it simulates (loops, clock, network, disk, blocking work,
 * entropy), and the schedules of faults.
 *
 * <p>Must never live here: anything that reads the real clock, a real socket, a real file or the
 * order of a hash map. Production code never imports this package.
 *
 * <p>Start reading at {@link io.tombolo.environment.simulated.Simulator}.
 */
@NullMarked
package io.tombolo.environment.simulated;

import org.jspecify.annotations.NullMarked;
