package io.tombolo.metadata.record;

/**
 * Bytes that are not a metadata record this version understands: damaged, or written by a newer
 * version. The message says which and where.
 */
public final class UnreadableRecord extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnreadableRecord(String message) {
        super(message);
    }

    public UnreadableRecord(String message, Throwable cause) {
        super(message, cause);
    }
}
