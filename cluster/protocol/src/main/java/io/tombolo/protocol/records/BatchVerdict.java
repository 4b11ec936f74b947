package io.tombolo.protocol.records;

import org.apache.kafka.common.protocol.Errors;

/** Whether the bytes at a position are a record batch that may be trusted as far as its header. */
public enum BatchVerdict {
    /** A whole batch of format 2 whose checksum and counts agree. */
    VALID(Errors.NONE),
    /** The buffer ends before the batch does: more bytes are needed. */
    INCOMPLETE(Errors.CORRUPT_MESSAGE),
    /** A size that is negative, or too small for the header it must hold. */
    BAD_SIZE(Errors.CORRUPT_MESSAGE),
    /** A whole batch of the message formats 0 or 1, which are not supported. */
    OLD_MAGIC(Errors.UNSUPPORTED_FOR_MESSAGE_FORMAT),
    /** A format that does not exist. */
    UNKNOWN_MAGIC(Errors.CORRUPT_MESSAGE),
    /** The checksum does not match the bytes. */
    BAD_CRC(Errors.CORRUPT_MESSAGE),
    /** A negative offset, offset delta or count, or more records than offsets. */
    BAD_OFFSETS(Errors.CORRUPT_MESSAGE),
    /** The compression bits name no codec. */
    UNKNOWN_CODEC(Errors.UNSUPPORTED_COMPRESSION_TYPE);

    private final Errors error;

    BatchVerdict(Errors error) {
        this.error = error;
    }

    /** The error code that tells a client. */
    public Errors error() {
        return error;
    }
}
