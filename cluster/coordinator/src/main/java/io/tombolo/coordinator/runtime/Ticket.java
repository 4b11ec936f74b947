package io.tombolo.coordinator.runtime;

/**
 * Stands for one waiting client inside a state machine. Given out once, answered at most once.
 *
 * @param <R> what the client waits for
 * @param number unique within one partition while it is led
 */
public record Ticket<R>(long number) {}
