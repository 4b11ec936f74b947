package io.tombolo.storage.log;

import java.io.IOException;

/**
 * From an offset on the files of a log cannot be believed: bytes were altered, cannot be read or
 * are missing, or it is not known whether they are on the disk. What lies below is sound.
 */
public final class LogDamage extends IOException {

    private static final long serialVersionUID = 1;

    private final long fromOffset;
    private final long toOffset;

    /**
     * @param fromOffset the first record that cannot be believed
     * @param toOffset the first one behind what is known to be damaged
     */
    public LogDamage(long fromOffset, long toOffset, String reason) {
        super("the records from %d to %d: %s".formatted(fromOffset, toOffset - 1, reason));
        this.fromOffset = fromOffset;
        this.toOffset = toOffset;
    }

    public LogDamage(long fromOffset, long toOffset, Exception cause) {
        this(fromOffset, toOffset, String.valueOf(cause.getMessage()));
        initCause(cause);
    }

    /** The first record that cannot be believed. */
    public long fromOffset() {
        return fromOffset;
    }

    /** The first record behind what is known to be damaged. */
    public long toOffset() {
        return toOffset;
    }
}
