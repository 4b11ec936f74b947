package io.tombolo.metadata.image;

import io.tombolo.metadata.record.LinkRecord.ClampedPosition;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;

import org.pcollections.PSortedMap;
import org.pcollections.PSortedSet;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

import java.util.List;
import java.util.Optional;

/**
 * How far the taking over of one mirror topic is, or what it left behind once the topic is
 * writable.
 *
 * @param ownershipEpoch under which it is taken over; 0 for none so far
 * @param ends by partition, where its copy ended
 * @param clamped by partition of {@code __consumer_offsets}: its groups are within those ends, and
 *     these are the positions that were not; of a topic that is writable only those with any
 * @param transactions by partition, those that were found open, or may be
 * @param aborted partitions where none of them is open any more
 * @param compared by partition whose leader has looked: the transactions that are committed there,
 *     of those that were found open in others
 */
public record Promotion(
        long ownershipEpoch,
        PSortedMap<Integer, CopyEnd> ends,
        PSortedMap<Integer, List<ClampedPosition>> clamped,
        PSortedMap<Integer, OpenTransactions> transactions,
        PSortedSet<Integer> aborted,
        PSortedMap<Integer, List<TornTransaction>> compared) {

    /** Nothing has been taken over. */
    public static final Promotion NONE =
            new Promotion(
                    0,
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePSet.empty(),
                    TreePMap.empty());

    /** Where the copy of a partition ended. */
    public Optional<CopyEnd> endOf(int index) {
        return Optional.ofNullable(ends.get(index));
    }

    /** The transactions of a partition that its leader still has to end, or to look for. */
    public Optional<OpenTransactions> toAbort(int index) {
        return aborted.contains(index)
                ? Optional.empty()
                : Optional.ofNullable(transactions.get(index));
    }

    /**
     * Whether a partition takes no writes yet because of them. Where none was found, and only some
     * of the copy may still go or stay, it does.
     */
    public boolean holdsWrites(int index) {
        return toAbort(index).filter(open -> open.count() != 0).isPresent();
    }

    /** Whether a partition is left with transactions to end, or to look for. */
    public boolean unaborted() {
        return aborted.size() < transactions.size();
    }

    Promotion settled(long epoch, int index, CopyEnd end) {
        Promotion begun = under(epoch);
        return new Promotion(
                epoch,
                begun.ends.plus(index, end),
                begun.clamped,
                begun.transactions,
                begun.aborted,
                begun.compared);
    }

    Promotion clamped(int offsetsPartition, List<ClampedPosition> positions) {
        return new Promotion(
                ownershipEpoch,
                ends,
                clamped.plus(offsetsPartition, positions),
                transactions,
                aborted,
                compared);
    }

    Promotion found(long epoch, int index, OpenTransactions open) {
        Promotion begun = under(epoch);
        return new Promotion(
                epoch,
                begun.ends,
                begun.clamped,
                begun.transactions.plus(index, open),
                begun.aborted.minus(index),
                begun.compared);
    }

    /** Only where some were found it is worth remembering; of nothing the epoch is not either. */
    Promotion aborted(int index) {
        OpenTransactions found = transactions.get(index);
        boolean any = found != null && found.count() > 0;
        if (!any
                && ends.isEmpty()
                && clamped.isEmpty()
                && compared.isEmpty()
                && transactions.minus(index).isEmpty()) {
            return NONE;
        }
        return new Promotion(
                ownershipEpoch,
                ends,
                clamped,
                any ? transactions : transactions.minus(index),
                any ? aborted.plus(index) : aborted,
                compared);
    }

    Promotion compared(int index, List<TornTransaction> torn) {
        return new Promotion(
                ownershipEpoch, ends, clamped, transactions, aborted, compared.plus(index, torn));
    }

    private Promotion under(long epoch) {
        return epoch > ownershipEpoch ? NONE : this;
    }

    /** What is worth keeping. */
    Promotion finished() {
        PSortedMap<Integer, List<ClampedPosition>> moved = clamped;
        for (var entry : clamped.entrySet()) {
            if (entry.getValue().isEmpty()) {
                moved = moved.minus(entry.getKey());
            }
        }
        return new Promotion(ownershipEpoch, ends, moved, transactions, aborted, compared);
    }
}
