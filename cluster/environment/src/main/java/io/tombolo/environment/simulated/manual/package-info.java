/**
 * One loop that a test of a single part runs step by step; whole brokers run on the simulator's.
 *
 * <p>Lives here: the loop and its time. Must never live here: chance, faults, more than one thread.
 *
 * <p>Start reading at {@link io.tombolo.environment.simulated.manual.ManualLoop}.
 */
@NullMarked
package io.tombolo.environment.simulated.manual;

import org.jspecify.annotations.NullMarked;
