/**
 * The {@code tombolo} command: its tree, its help, and how a process ends.
 *
 * <p>The commands live in packages by what they talk to: {@code admin} (the brokers' admin
 * endpoints), {@code kafka} and {@code group} (the Kafka protocol), {@code run} (brokers in this
 * process), {@code demo} (brokers in child processes). Never here: a connection, a broker. Start at
 * {@link io.tombolo.cli.Main}.
 */
@NullMarked
package io.tombolo.cli;

import org.jspecify.annotations.NullMarked;
