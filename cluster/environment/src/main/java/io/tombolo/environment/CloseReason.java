package io.tombolo.environment;

/** Why a connection ended; {@code detail} is one line for people, without secrets. */
public record CloseReason(Kind kind, String detail) {

    /** The kinds that are counted apart. */
    public enum Kind {
        /** The other side closed, or the network between broke. */
        PEER,
        /** The connection could not be opened. */
        UNREACHABLE,
        /** This side was done with it. */
        LOCAL,
        /** A frame's size was negative or above the limit. */
        FRAME_SIZE,
        /** A frame began and did not go on. */
        STALLED,
        /** There was no memory for what it sent or asked for. */
        NO_MEMORY,
        /** Nothing was said for too long. */
        IDLE,
        /** What arrived cannot be a request. */
        MALFORMED
    }

    @Override
    public String toString() {
        return kind + ": " + detail;
    }
}
