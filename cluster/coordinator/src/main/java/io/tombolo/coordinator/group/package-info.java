/**
 * Consumer groups of the classic protocol and the offsets that groups commit, kept on {@code
 * __consumer_offsets} in Kafka's record format.
 *
 * <p>Lives here: who is in a group, its generations and rebalances, assignments as opaque bytes,
 * committed offsets with their retention, and what administrators and links may do to them.
 *
 * <p>Must never live here: transactions ({@code .transaction}), authorisation, the wire, threads,
 * clocks, the log itself.
 *
 * <p>One difference to Apache Kafka's use of the topic: a generation is recorded when it begins,
 * not only when its leader has assigned, and so is the removal of a member. No answer about
 * membership is therefore ever undone by a failover, and a rebalance goes on where it was.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.group.GroupCoordinator} for what the broker
 * calls; at {@code GroupMachine} and {@code ClassicGroup} for the rules.
 */
@NullMarked
package io.tombolo.coordinator.group;

import org.jspecify.annotations.NullMarked;
