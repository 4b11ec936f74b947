package io.tombolo.protocol.records;

import org.apache.kafka.common.protocol.Errors;

/** Why the records of a batch cannot be read to the end. */
public enum RecordRefusal {
    /** The records inflate to more bytes than the reader allows. */
    INFLATES_TOO_FAR(Errors.MESSAGE_TOO_LARGE),
    /** The compressed bytes cannot be inflated. */
    NOT_INFLATABLE(Errors.CORRUPT_MESSAGE),
    /** A record does not have the shape of one, or their number differs from the header's. */
    MALFORMED(Errors.INVALID_RECORD);

    private final Errors error;

    RecordRefusal(Errors error) {
        this.error = error;
    }

    /** The error code that tells a client. */
    public Errors error() {
        return error;
    }
}
