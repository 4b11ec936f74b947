/**
 * The seams between the product and the world: time, event loops, network, disk, blocking work and
 * entropy.
 *
 * <p>Lives here: the interfaces that deterministic code is written against, and their real
 * implementations where the JDK is enough (the real network and its loops are in {@code
 * io.tombolo.network}).
 *
 * <p>Must never live here: anything of Kafka, of the log or of a region. An interface enters only
 * together with a real and a simulated implementation; the simulated ones are in {@code
 * io.tombolo.environment.simulated} and are never named by production code.
 *
 * <p>Start reading at {@link io.tombolo.environment.Environment}.
 */
@NullMarked
package io.tombolo.environment;

import org.jspecify.annotations.NullMarked;
