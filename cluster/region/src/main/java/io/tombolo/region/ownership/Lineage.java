package io.tombolo.region.ownership;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What a region had of one partition when it took the partition over: the last entry of the
 * partition's lineage there. Below the start of its reign are records of the region before it, from
 * there on its own.
 *
 * <p>An epoch and an offset name one record among those of one region. Two regions that both led
 * since may have used the same epoch, so epochs are compared only below the start.
 *
 * @param startOffset where its own records begin
 * @param epochs of the records below, lowest first, as far as it tells them; the last one ends at
 *     the start. None when there was no record
 */
public record Lineage(long startOffset, List<EpochEnd> epochs) {

    /** A leader epoch, and the offset at which its records end. */
    public record EpochEnd(int epoch, long endOffset) {}

    /**
     * The log that is compared with it.
     *
     * @param epochs of its records, lowest first; the last one ends at the end
     */
    public record Log(long startOffset, long endOffset, List<EpochEnd> epochs) {

        public Log {
            epochs = List.copyOf(epochs);
        }
    }

    /**
     * Where the log of a partition ends, in a way that two regions can compare.
     *
     * @param endOffset all replicas in sync have everything below it, and nothing lies beyond
     * @param lastEpoch the leader epoch of the last batch, −1 when there is none
     * @param lastCrc the checksum of the last batch, −1 when there is none, or when each region may
     *     have written it anew, as compaction does
     */
    public record PartitionEnd(long endOffset, int lastEpoch, long lastCrc) {

        public PartitionEnd {
            if (endOffset < 0 || lastEpoch < -1 || lastCrc < -1) {
                throw new IllegalArgumentException(
                        "no log ends at %d, epoch %d, checksum %d"
                                .formatted(endOffset, lastEpoch, lastCrc));
            }
        }

        /** Whether a copy with this end has everything that the log with the other end has. */
        public boolean sameAs(PartitionEnd other) {
            return endOffset == other.endOffset
                    && alike(lastEpoch, other.lastEpoch)
                    && alike(lastCrc, other.lastCrc);
        }

        /** What one side cannot tell, because retention has removed it there, is not compared. */
        private static boolean alike(long one, long other) {
            return one == other || one < 0 || other < 0;
        }
    }

    /** What keeps the answer from being too high; apart so that tests can break it. */
    enum Rule {
        /** No record at or above the start is common. */
        START,
        /** No record above the end that both give to their highest common epoch is. */
        EPOCHS
    }

    private static final Set<Rule> ALL = EnumSet.allOf(Rule.class);

    public Lineage {
        epochs = List.copyOf(epochs);
    }

    /**
     * From where on a log of the region before holds records that this one does not have: those
     * from there to its end exist nowhere else. Below its start when nothing in it is known to be
     * common.
     */
    public long divergence(Log ours) {
        return divergence(ours, ALL);
    }

    long divergence(Log ours, Set<Rule> rules) {
        long bound =
                rules.contains(Rule.START)
                        ? Math.min(ours.endOffset(), startOffset)
                        : ours.endOffset();
        if (epochs.isEmpty() || ours.epochs().isEmpty() || !rules.contains(Rule.EPOCHS)) {
            return bound;
        }
        for (EpochEnd own : ours.epochs().reversed()) {
            for (EpochEnd theirs : epochs) {
                if (theirs.epoch() == own.epoch()) {
                    return Math.min(bound, Math.min(own.endOffset(), theirs.endOffset()));
                }
            }
        }
        return Math.min(bound, ours.startOffset());
    }
}
