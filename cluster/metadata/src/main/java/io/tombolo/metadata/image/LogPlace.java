package io.tombolo.metadata.image;

/**
 * A place in the metadata log.
 *
 * @param offset of the last record that counts, -1 before the first
 * @param epoch of the leader that wrote it
 */
public record LogPlace(long offset, int epoch) {

    /** Before the first record. */
    public static final LogPlace START = new LogPlace(-1, 0);
}
