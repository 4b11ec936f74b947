/**
 * A broker as a process of this machine: its command line, its pid file, what the system and its
 * log tell of it.
 *
 * <p>Never here: which brokers there are, and what is to be done with them. Start at {@link
 * io.tombolo.cli.process.BrokerProgram}.
 */
@NullMarked
package io.tombolo.cli.process;

import org.jspecify.annotations.NullMarked;
