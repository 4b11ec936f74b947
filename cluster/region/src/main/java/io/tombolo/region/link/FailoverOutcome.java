package io.tombolo.region.link;

import java.util.List;
import java.util.Optional;

/**
 * What a link leaves behind when its destination takes over.
 *
 * @param ownershipEpoch the epoch of the order that was carried out
 * @param refusal present when the order was not carried out; the rest is then what holds now
 * @param partitions every partition this broker led for the link, in order
 * @param groups groups whose offsets were beyond the local end, and what became of them
 * @param transactions that had not ended in the copy and were aborted
 * @param torn those of them that are committed in other partitions
 */
public record FailoverOutcome(
        long ownershipEpoch,
        Optional<Reason> refusal,
        List<PartitionOutcome> partitions,
        List<ClampedGroup> groups,
        List<AbortedTransactions> transactions,
        List<TornTransaction> torn) {

    public FailoverOutcome {
        partitions = List.copyOf(partitions);
        groups = List.copyOf(groups);
        transactions = List.copyOf(transactions);
        torn = List.copyOf(torn);
    }

    /**
     * The transactions of one partition.
     *
     * @param count how many there were
     * @param told the first of them, in the order of their offsets
     */
    public record AbortedTransactions(
            LinkPartition partition, int count, List<AbortedTransaction> told) {

        public AbortedTransactions {
            told = List.copyOf(told);
        }
    }

    /**
     * One transaction, whose records no consumer gets that reads what is committed.
     *
     * @param firstOffset of its first record in the partition
     * @param recordCount its records there; −1 when that could not be told any more
     */
    public record AbortedTransaction(
            long producerId, int producerEpoch, long firstOffset, long recordCount) {}

    /**
     * A transaction that had ended in the copy of some partitions and not in that of others.
     *
     * @param committed where consumers get its records
     * @param aborted where those that read what is committed do not
     */
    public record TornTransaction(
            long producerId, int producerEpoch, List<Piece> committed, List<Piece> aborted) {

        public TornTransaction {
            committed = List.copyOf(committed);
            aborted = List.copyOf(aborted);
        }
    }

    /**
     * What a transaction has in one partition.
     *
     * @param firstOffset of its first record there; −1 when that is not known
     */
    public record Piece(LinkPartition partition, long firstOffset) {}

    /**
     * Where a partition ends.
     *
     * @param endOffset the local log end offset; everything below it is a faithful copy
     * @param highestEpoch the highest leader epoch among the mirrored batches, −1 when there is
     *     none; the leader epoch of the partition must become higher before it is writable
     * @param lossBound records known to exist at the source and not here; −1 when nothing was heard
     *     of the source, as by a link that was opened to finish what an earlier process began
     * @param settled whether every append in flight was answered and is below the high watermark
     */
    public record PartitionOutcome(
            LinkPartition partition,
            long endOffset,
            int highestEpoch,
            long lossBound,
            boolean settled) {}

    /**
     * A committed offset that pointed beyond the copy.
     *
     * @param from the offset before
     * @param to the local end
     * @param problem present when the clamped offset could not be committed
     */
    public record ClampedGroup(
            String group, LinkPartition partition, long from, long to, Optional<Reason> problem) {}
}
