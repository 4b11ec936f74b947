package io.tombolo.linker.mirror;

/** What a partition that prepares is waiting for. */
enum Step {
    /** What was handed to the local log before. */
    APPENDS,
    /** Where the local log stands. */
    POSITION,
    /** Where the source stands. */
    ORIGIN,
    /** That it is written down what is missing. */
    GAP,
    /** That the local log begins elsewhere. */
    LOG_START,
    /** The time of another attempt. */
    DELAY,
    /** Nothing: it does not prepare. */
    NOTHING
}
