package io.tombolo.storage.cleaner;

import io.tombolo.storage.log.LogName;

/** Hears of what compaction comes to; called on the home loop of the cleaner. */
public interface CleanerListener {

    /** Told nobody. */
    CleanerListener NONE = new CleanerListener() {};

    /** A pass has ended well. */
    default void cleaned(LogName log, CleaningEnd.Cleaned pass) {}

    /** A log cannot be compacted; told once, until it could be compacted again. */
    default void uncleanable(LogName log, Exception cause) {}
}
