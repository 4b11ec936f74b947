package io.tombolo.coordinator.runtime;

/** What a waiting client is to be told once the step that said it is committed. */
public record Answer<R>(Ticket<R> ticket, R response) {}
