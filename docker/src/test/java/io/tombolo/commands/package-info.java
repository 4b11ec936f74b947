/**
 * The {@code tombolo} command as its users have it: real processes, real brokers, real exit codes.
 * Never here: what a broker does with a request. Start at {@code ReadmeEndToEnd}, which types what
 * the README shows.
 */
@NullMarked
package io.tombolo.commands;

import org.jspecify.annotations.NullMarked;
