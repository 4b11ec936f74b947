package io.tombolo.coordinator.transaction;

/** What the outside has to do, or might like to know; only of what is committed. */
public sealed interface TransactionEvent {

    /** The transactional id. */
    String id();

    /**
     * A transaction has ended, and these partitions need its marker. Told once per leadership of
     * the coordinator's partition; whoever carries it out tries until each partition has it or is
     * gone, and says so with {@link TransactionCommand.MarkersWritten}.
     *
     * @param producer as it has to stand in the marker
     * @param version protocol of the transaction, as WriteTxnMarkers tells it
     */
    record MarkersWanted(
            String id,
            ProducerIdentity producer,
            boolean commit,
            short version,
            TouchedPartitions partitions)
            implements TransactionEvent {}

    /** A transaction was aborted because it took too long. */
    record TimedOut(String id, ProducerIdentity producer, long startMs)
            implements TransactionEvent {}

    /** An id was forgotten, because nobody has used it for long. */
    record Expired(String id) implements TransactionEvent {}
}
