package io.tombolo.storage.cleaner;

/** How a pass over a log ended. */
public sealed interface CleaningEnd {

    /**
     * All that could be compacted is, or as much as the memory was enough for.
     *
     * @param toOffset below it the log has been compacted
     * @param readBytes read from the disk, keys and all
     * @param writtenBytes written to it
     * @param freedBytes by which the log is smaller now
     */
    record Cleaned(long toOffset, long readBytes, long writtenBytes, long freedBytes)
            implements CleaningEnd {}

    /** The log was cut, has ended, is moving, or the broker stops: nobody is to blame. */
    record GivenUp() implements CleaningEnd {}

    /** It cannot be done as things are. */
    record Failed(Exception cause) implements CleaningEnd {}
}
