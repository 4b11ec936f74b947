/**
 * The runtime of replicated state machines: one machine per partition of an internal topic, hosted
 * where that partition is led.
 *
 * <p>Lives here: leading, loading and resigning; appending what an operation decided; holding back
 * its answers until the high watermark has passed its records; undoing what was not committed;
 * alarms. It knows nothing of groups, transactions or Kafka's messages.
 *
 * <p>Must never live here: anything about what a machine decides, threads, clocks, files or
 * sockets. Everything about one partition happens on the loop that owns the partition, without
 * locks.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.runtime.StateMachine}, then {@link
 * io.tombolo.coordinator.runtime.CoordinatorRuntime}.
 */
@NullMarked
package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.NullMarked;
