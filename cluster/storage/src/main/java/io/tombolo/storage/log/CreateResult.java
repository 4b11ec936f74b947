package io.tombolo.storage.log;

/** What became of creating a log. */
public sealed interface CreateResult {

    /** It exists, durably. */
    record Created(PartitionLog log) implements CreateResult {}

    /** There is a log of that name already; its topic id says whether it is the same topic's. */
    record Exists(PartitionLog log) implements CreateResult {}

    /**
     * The disk failed; creating it may be tried again.
     *
     * @param log empty, and ended by the {@link PartitionLog#failure}; no part of the directory
     */
    record Failed(PartitionLog log) implements CreateResult {}
}
