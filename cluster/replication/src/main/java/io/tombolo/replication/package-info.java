/**
 * Partitions as replicated by brokers: roles, high watermark, waiting produces and fetches.
 *
 * <p>Lives here: the deterministic state of one partition, confined to the loop that owns it. Must
 * never live here: the network, the controller, coordinators, Kafka's request messages. Start
 * reading at {@link io.tombolo.replication.Partition}.
 */
@NullMarked
package io.tombolo.replication;

import org.jspecify.annotations.NullMarked;
