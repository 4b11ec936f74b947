/**
 * The brokers of a file as processes of this machine: {@code up}, {@code down}, {@code ps}, {@code
 * logs}.
 *
 * <p>Lives here: how a broker's process is started, found again, looked at and stopped. Must never
 * live here: a signal to a process that was not recognised by its command line. Of {@code
 * io.tombolo.broker} only the ids of clusters are used. Start reading at {@link
 * io.tombolo.cli.fleet.Member} and {@link io.tombolo.cli.fleet.Sighting}.
 */
@NullMarked
package io.tombolo.cli.fleet;

import org.jspecify.annotations.NullMarked;
