package io.tombolo.chaos;

/**
 * Something that happened to the offset of a group in a partition.
 *
 * @param begun when it was asked for, and
 * @param ended when the answer was there: ticks of one counter for the whole history
 */
record GroupStep(Kind kind, int partition, long offset, long begun, long ended) {

    /** What was asked. */
    enum Kind {
        /** Acknowledged. */
        COMMIT,
        /** The group's offset was asked for; −1 when there was none. */
        LOOKUP
    }
}
