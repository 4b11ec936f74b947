package io.tombolo.environment;

/**
 * What one connection may cost.
 *
 * @param frameBytesMax a frame that announces more than this, or a negative size, closes the
 *     connection
 * @param stallNanosMax a frame that has begun and receives nothing for this long closes the
 *     connection; a real network may also close it when it is not whole after this long and what
 *     its size needs at a minimum rate, or earlier when others wait for the memory that it holds
 * @param idleNanosMax a connection without traffic either way for this long is closed; {@link
 *     Long#MAX_VALUE} keeps it
 * @param queuedBytesMax above this many bytes waiting to be sent nothing more is read until half of
 *     it has left
 */
public record FrameLimits(
        int frameBytesMax, long stallNanosMax, long idleNanosMax, long queuedBytesMax) {

    public FrameLimits {
        if (frameBytesMax <= 0 || stallNanosMax <= 0 || idleNanosMax <= 0 || queuedBytesMax <= 0) {
            throw new IllegalArgumentException("every limit must be positive");
        }
    }
}
