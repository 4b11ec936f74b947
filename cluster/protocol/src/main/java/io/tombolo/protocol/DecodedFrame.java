package io.tombolo.protocol;

/** What became of a frame that should hold a request. */
public sealed interface DecodedFrame {

    /** It is a request that is served. */
    record Accepted(Request request) implements DecodedFrame {}

    /**
     * It asks for the API versions in a version that is not served: to be answered with {@link
     * ResponseEncoder#apiVersionsRefused}; the connection stays open.
     */
    record ApiVersionsRefused(int correlationId) implements DecodedFrame {}

    /**
     * It cannot be answered: the connection is to be closed without a response, as Kafka does.
     *
     * @param detail what was wrong, for a log line; holds no bytes of the frame
     */
    record Refused(Reason reason, String detail) implements DecodedFrame {}

    /** Why a frame is refused, in the words of a counter. */
    enum Reason {
        /** No complete request header. */
        HEADER,
        /** An API that does not exist or is not served here. */
        UNKNOWN_API,
        /** A version of a served API that is not served. */
        UNSERVED_VERSION,
        /** A body that does not have the shape of its API and version. */
        MALFORMED,
        /** A body that is well-formed so far as it was read but would cost more than allowed. */
        TOO_COSTLY
    }
}
