package io.tombolo.broker.request.data;

import java.util.Optional;

/** The negative timestamps of ListOffsets, which ask for an offset by its meaning. */
enum SpecialOffset {
    LATEST(-1, 0),
    EARLIEST(-2, 0),
    /** The first record with the largest timestamp (KIP-734). */
    MAX_TIMESTAMP(-3, 7),
    /** The first offset on local disk (KIP-405). */
    EARLIEST_LOCAL(-4, 8),
    /** The last offset in remote storage (KIP-1005). */
    LATEST_TIERED(-5, 9),
    /** The first offset that has not been copied to remote storage (KIP-1023). */
    EARLIEST_PENDING_UPLOAD(-6, 11);

    private final long timestamp;
    private final int firstVersion;

    SpecialOffset(long timestamp, int firstVersion) {
        this.timestamp = timestamp;
        this.firstVersion = firstVersion;
    }

    /** Whether a request of this version may ask for it. */
    boolean knownTo(short version) {
        return version >= firstVersion;
    }

    static Optional<SpecialOffset> of(long timestamp) {
        for (SpecialOffset special : values()) {
            if (special.timestamp == timestamp) {
                return Optional.of(special);
            }
        }
        return Optional.empty();
    }
}
