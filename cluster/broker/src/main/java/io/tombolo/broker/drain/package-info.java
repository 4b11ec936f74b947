/**
 * Emptying brokers, as an operator sees it.
 *
 * <p>Lives here: handing what an operator wants to the controller, and telling how far it is: what
 * is left, how fast it goes, and why it does not.
 *
 * <p>Must never live here: which replica goes where, and when; the controller decides that, and
 * goes on with it whether anybody looks or not.
 *
 * <p>Start reading at {@link io.tombolo.broker.drain.DrainDesk}.
 */
@NullMarked
package io.tombolo.broker.drain;

import org.jspecify.annotations.NullMarked;
