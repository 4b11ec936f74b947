/**
 * What clients ask about leaders and about where replicas are.
 *
 * <p>Lives here: the handlers of ElectLeaders, of partition reassignments, and of UnregisterBroker.
 *
 * <p>Must never live here: who is elected, and which replicas may be had; the controller decides
 * that.
 *
 * <p>Start reading at {@link io.tombolo.broker.request.replica.ReplicaHandlers}.
 */
@NullMarked
package io.tombolo.broker.request.replica;

import org.jspecify.annotations.NullMarked;
