package io.tombolo.protocol;

/**
 * What a message may cost to build, checked by walking over its bytes before anything is built.
 *
 * @param heapBytesMax estimated bytes of heap for the objects, strings and byte arrays of one
 *     message; records are views and cost nothing
 * @param arrayElementsMax elements of one array
 * @param keyedElementsMax elements of one array in a message whose arrays are kept in Kafka's
 *     hashed collections; those take quadratic time when a sender chooses equal or colliding keys
 * @param unknownTagsMax tagged fields of one message that its version does not define; they are
 *     skipped
 */
public record DecodeLimits(
        int heapBytesMax, int arrayElementsMax, int keyedElementsMax, int unknownTagsMax) {

    /** For requests, from anybody who can connect. */
    public static final DecodeLimits REQUESTS =
            new DecodeLimits(64 << 20, 1_000_000, 20_000, 10_000);

    /** For responses, from a broker that was asked; metadata of large clusters must pass. */
    public static final DecodeLimits RESPONSES =
            new DecodeLimits(128 << 20, 1_000_000, 200_000, 10_000);

    public DecodeLimits {
        if (heapBytesMax <= 0
                || arrayElementsMax <= 0
                || keyedElementsMax <= 0
                || unknownTagsMax < 0) {
            throw new IllegalArgumentException("every limit must be positive");
        }
    }
}
