/**
 * The commands that run brokers and controllers in this process: {@code broker}, {@code controller}
 * and {@code dev}. The only package that sees {@code io.tombolo.broker}.
 *
 * <p>Never here: a client of a broker. Start at {@link io.tombolo.cli.run.BrokerCommand}.
 */
@NullMarked
package io.tombolo.cli.run;

import org.jspecify.annotations.NullMarked;
