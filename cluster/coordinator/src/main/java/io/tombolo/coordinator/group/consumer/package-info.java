/**
 * Consumer groups whose partitions the coordinator assigns (KIP-848): pure rules over immutable
 * groups.
 *
 * <p>Lives here: members and their epochs, target assignments, the way of each member towards its
 * target, regular expressions over topics, and Kafka's records of all that.
 *
 * <p>Must never live here: committed offsets, classic groups and waiting clients (all in {@code
 * io.tombolo.coordinator.group}, which calls this package), clocks, loops, the log.
 *
 * <p>Start reading at {@link io.tombolo.coordinator.group.consumer.ConsumerGroup}, then {@link
 * io.tombolo.coordinator.group.consumer.ConsumerRules}.
 */
@NullMarked
package io.tombolo.coordinator.group.consumer;

import org.jspecify.annotations.NullMarked;
