/**
 * Changes whose answers may be lost, and how it is learnt all the same what became of them.
 *
 * <p>Lives here: what a broker reads from the metadata log about changes that it has asked for, and
 * what it then asks for again.
 *
 * <p>Must never live here: the way to the controller, and anything that a change means.
 *
 * <p>Start reading at {@link io.tombolo.broker.receipt.ConfigChange}.
 */
@NullMarked
package io.tombolo.broker.receipt;

import org.jspecify.annotations.NullMarked;
