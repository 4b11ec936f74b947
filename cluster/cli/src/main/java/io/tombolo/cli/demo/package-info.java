/**
 * The story that a newcomer sees: two regions in child processes, a link between them, records, a
 * consumer group, a kill and a failover, each step measured.
 *
 * <p>Never here: a number that was not measured, anything of {@code io.tombolo.broker}. Start at
 * {@link io.tombolo.cli.demo.DemoCommand}.
 */
@NullMarked
package io.tombolo.cli.demo;

import org.jspecify.annotations.NullMarked;
