/**
 * Small Kafka clients that run on virtual time.
 *
 * <p>Lives here: producers, members of groups, readers, and how they find the broker to ask. Must
 * never live here: faults; a client only knows what Kafka tells it. Start reading at {@link
 * io.tombolo.simulation.client.Member}.
 */
@NullMarked
package io.tombolo.simulation.client;

import org.jspecify.annotations.NullMarked;
