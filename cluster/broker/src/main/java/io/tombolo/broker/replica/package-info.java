/**
 * Partitions that several brokers have: followers copy their leaders over the network, leaders look
 * after their followers.
 *
 * <p>Lives here: what drives the pure machines of {@code io.tombolo.replication}: connections to
 * leaders, timers, and what the image says of other brokers. Must never live here: a decision about
 * a log, an epoch or the ISR. Start reading at {@link io.tombolo.broker.replica.Replication}.
 */
@NullMarked
package io.tombolo.broker.replica;

import org.jspecify.annotations.NullMarked;
