/**
 * The commands that run brokers in this process: {@code broker} and {@code dev}. The only package
 * that sees {@code io.tombolo.broker}.
 *
 * <p>Never here: a client of a broker. Start at {@link io.tombolo.cli.run.BrokerCommand}.
 */
@NullMarked
package io.tombolo.cli.run;

import org.jspecify.annotations.NullMarked;
