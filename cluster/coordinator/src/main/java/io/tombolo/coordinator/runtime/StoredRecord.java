package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A record read back from an internal topic.
 *
 * @param offset where it is stored
 * @param value null for a tombstone
 */
public record StoredRecord(long offset, byte[] key, byte @Nullable [] value) {}
