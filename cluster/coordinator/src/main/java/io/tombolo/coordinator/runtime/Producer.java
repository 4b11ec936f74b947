package io.tombolo.coordinator.runtime;

/**
 * A transactional producer on whose behalf records are appended: they belong to its open
 * transaction, whose end comes later ({@link CoordinatorRuntime#end}).
 */
public record Producer(long id, short epoch) {}
