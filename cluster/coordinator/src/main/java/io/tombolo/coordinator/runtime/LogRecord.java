package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A record to be appended to an internal topic. The arrays must not change any more.
 *
 * @param value null for a tombstone
 */
public record LogRecord(byte[] key, byte @Nullable [] value) {

    /** What it adds to a batch, in bytes, roughly. */
    public int sizeBytes() {
        return key.length + (value == null ? 0 : value.length) + 16;
    }
}
