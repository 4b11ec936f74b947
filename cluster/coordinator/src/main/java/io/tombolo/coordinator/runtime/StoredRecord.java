package io.tombolo.coordinator.runtime;

import org.jspecify.annotations.Nullable;

/**
 * A record read back from an internal topic.
 *
 * @param offset where it is stored
 * @param value null for a tombstone
 * @param producerId whose transaction it belongs to, perhaps one that is open or was aborted;
 *     {@link #NO_TRANSACTION} otherwise
 */
public record StoredRecord(long offset, byte[] key, byte @Nullable [] value, long producerId)
        implements StoredEntry {

    /** The producer id of records outside transactions. */
    public static final long NO_TRANSACTION = -1;

    /** A record outside transactions. */
    public StoredRecord(long offset, byte[] key, byte @Nullable [] value) {
        this(offset, key, value, NO_TRANSACTION);
    }

    /** Whether it only counts once its transaction is committed. */
    public boolean transactional() {
        return producerId != NO_TRANSACTION;
    }
}
