/**
 * {@code tombolo top}: what moves at this moment, topic by topic and link by link.
 *
 * <p>Only asks, and only what every release tells: ends of logs by Kafka's own client, links by the
 * admin interface. Begin with {@link io.tombolo.cli.watch.TopCommand}.
 */
@NullMarked
package io.tombolo.cli.watch;

import org.jspecify.annotations.NullMarked;
