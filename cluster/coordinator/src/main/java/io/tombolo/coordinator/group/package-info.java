/**
 * Groups of the classic protocol, the way of groups from one protocol to the other, and the offsets
 * that groups commit, kept on {@code __consumer_offsets} in Kafka's record format.
 *
 * <p>Lives here: who is in a group, its generations and rebalances, assignments as opaque bytes,
 * committed offsets with their retention, and what administrators and links may do to them.
 *
 * <p>Must never live here: transactions ({@code .transaction}), authorisation, the wire, loops,
 * clocks, the log itself: this package is pure.
 *
 * <p>One difference to Apache Kafka's use of the topic: a generation is recorded when it begins,
 * not only when its leader has assigned, and so is the removal of a member. No answer about
 * membership is therefore ever undone by a failover, and a rebalance goes on where it was.
 *
 * <p>Start reading at {@code ClassicGroup}, then {@link io.tombolo.coordinator.group.GroupMachine};
 * what the broker calls is in {@code .entry}.
 */
@NullMarked
package io.tombolo.coordinator.group;

import org.jspecify.annotations.NullMarked;
