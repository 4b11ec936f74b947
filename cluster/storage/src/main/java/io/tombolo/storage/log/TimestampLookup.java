package io.tombolo.storage.log;

/** The answer to a search by timestamp. */
public sealed interface TimestampLookup {

    /** A record. {@code leaderEpoch} is that of the record, -1 when its batch carries none. */
    record Found(long offset, long timestampMs, int leaderEpoch) implements TimestampLookup {}

    /** No record qualifies. */
    record None() implements TimestampLookup {}

    /** The log changed under the search (truncated or deleted): search again. */
    record Overtaken() implements TimestampLookup {}

    /** The records cannot be read. */
    record Failed(Exception cause) implements TimestampLookup {}
}
