/**
 * How the brokers of one region talk to each other.
 *
 * <p>Lives here: the quorum's messages as Kafka's requests and back, one connection per peer and
 * purpose, the way of commands and of clients' admin requests to the active controller, and the
 * handlers of the internal listener.
 *
 * <p>Must never live here: what a vote, a fetch or a command decides; and nothing that answers
 * clients by itself.
 *
 * <p>Start reading at {@link io.tombolo.broker.quorum.QuorumTransport} for the quorum and at {@link
 * io.tombolo.broker.quorum.ControllerRoute} for the way to the controller.
 */
@NullMarked
package io.tombolo.broker.quorum;

import org.jspecify.annotations.NullMarked;
