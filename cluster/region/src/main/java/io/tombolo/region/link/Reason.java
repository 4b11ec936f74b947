package io.tombolo.region.link;

/**
 * Why something is not as it should be.
 *
 * @param detail one line for people, without secrets
 */
public record Reason(Code code, String detail) {

    /** The causes that are told apart by users, alerts and tests. */
    public enum Code {
        /** No address of the source accepts a connection, or the one that did went away. */
        SOURCE_UNREACHABLE,
        /** The source did not answer in time. */
        SOURCE_TIMED_OUT,
        /** Calls to a source broker are suspended after repeated failures. */
        BREAKER_OPEN,
        /** The source answered with an error that may pass. */
        SOURCE_ERROR,
        /** The source refuses this link. */
        SOURCE_DENIED,
        /** The source does not speak a version of the protocol that is needed. */
        SOURCE_TOO_OLD,
        /** What the source sent cannot be an answer, or breaks a limit. */
        SOURCE_MALFORMED,
        /** Records were deleted at the source before they were copied. */
        GAP,
        /** The source topic was deleted and made again under the same name. */
        SOURCE_RECREATED,
        /** The source topic is gone. */
        SOURCE_DELETED,
        /** The source lost records that had been copied. */
        SOURCE_TRUNCATED,
        /** This region has records that the owner has not; they go before it is copied. */
        DIVERGED,
        /** A batch fails its checksum or is not in the current record format. */
        CORRUPT_BATCH,
        /** The source sent batches whose offsets or epochs go back. */
        OUT_OF_ORDER,
        /** Another topic here has this name or this id. */
        NAME_TAKEN,
        /** The source's name for a topic is not a legal one. */
        NAME_ILLEGAL,
        /** A limit of this link was reached. */
        LIMIT_REACHED,
        /** This region refuses the write. */
        LOCAL_REFUSED,
        /** This region cannot take the write at the moment. */
        LOCAL_UNAVAILABLE,
        /** Another region, or another run of this link, owns the topics by now. */
        OWNERSHIP_STALE,
        /** The specification cannot be carried out. */
        SPEC_INVALID
    }

    /** Whether somebody has to grant a right before it passes. */
    public boolean denied() {
        return code == Code.SOURCE_DENIED;
    }

    @Override
    public String toString() {
        return code + ": " + detail;
    }
}
