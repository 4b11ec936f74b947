/**
 * What brokers and controllers have in common as servers of this machine's processes.
 *
 * <p>Lives here: waiting for a server to start and to fail, and its share of the process's memory.
 * Must never live here: what a broker or a controller does.
 *
 * <p>Start reading at {@link io.tombolo.broker.process.ServerLife}.
 */
@NullMarked
package io.tombolo.broker.process;

import org.jspecify.annotations.NullMarked;
