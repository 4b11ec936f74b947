package io.tombolo.linker.mirror;

import io.tombolo.protocol.records.BatchVerdict;
import io.tombolo.protocol.records.BatchView;
import io.tombolo.protocol.records.BatchWalk;
import io.tombolo.region.link.Reason;

import java.nio.ByteBuffer;
import java.util.Set;

/**
 * Judges the bytes that the source sent for one partition before they are appended. The source is
 * not trusted: every batch must be of format 2, pass its checksum, begin where the one before it
 * ended or later (compaction leaves gaps), and have a leader epoch that does not go back. A batch
 * that is cut short at the end is left for the next fetch.
 */
public final class BatchCheck {

    private final Set<Safeguard> safeguards;

    public BatchCheck(Set<Safeguard> safeguards) {
        this.safeguards = safeguards;
    }

    /**
     * Where the copy stands.
     *
     * @param nextOffset the offset that was asked for
     * @param lastEpoch the leader epoch before it, −1 when there is none
     * @param mayBeginBelow whether the first batch may begin below the offset, as it does when the
     *     source's log start lies inside it
     * @param lastChecksum of the batch before it, which was asked for too; −1 when it was not
     */
    public record Expectation(
            long nextOffset, int lastEpoch, boolean mayBeginBelow, long lastChecksum) {}

    /** Judges bytes, position to limit, none of which is changed. */
    public CheckedBatches check(ByteBuffer bytes, Expectation expected) {
        var walk = new BatchWalk(bytes);
        long next = expected.nextOffset();
        int epoch = expected.lastEpoch();
        boolean mayBeginBelow = expected.mayBeginBelow();
        long maxTimestamp = BatchView.NO_TIMESTAMP;
        int from = bytes.position();
        int to = from;
        while (walk.next()) {
            BatchView batch = walk.batch();
            BatchVerdict verdict =
                    safeguards.contains(Safeguard.CHECKSUM) ? batch.verdict() : BatchVerdict.VALID;
            if (verdict != BatchVerdict.VALID) {
                return broken(Reason.Code.CORRUPT_BATCH, verdict.toString(), next);
            }
            if (batch.baseOffset() < next && isForeign(batch, expected)) {
                return new CheckedBatches.Foreign();
            }
            if (to == from && batch.nextOffset() <= next && isChecked(Safeguard.CONTINUITY)) {
                from = walk.position(); // lies wholly before what was asked for
                to = from;
                continue;
            }
            if (batch.baseOffset() < next && !mayBeginBelow && isChecked(Safeguard.CONTINUITY)) {
                return broken(
                        Reason.Code.OUT_OF_ORDER, "a batch begins at " + batch.baseOffset(), next);
            }
            if (batch.partitionLeaderEpoch() < epoch) {
                return broken(
                        Reason.Code.OUT_OF_ORDER,
                        "leader epoch %d follows %d".formatted(batch.partitionLeaderEpoch(), epoch),
                        next);
            }
            mayBeginBelow = false;
            next = batch.nextOffset();
            epoch = batch.partitionLeaderEpoch();
            maxTimestamp = Math.max(maxTimestamp, batch.maxTimestampMs());
            to = walk.position();
        }
        if (walk.verdict() != BatchVerdict.VALID && walk.verdict() != BatchVerdict.INCOMPLETE) {
            return broken(Reason.Code.CORRUPT_BATCH, walk.verdict().toString(), next);
        }
        if (to == from) {
            return new CheckedBatches.Nothing(from > bytes.position());
        }
        ByteBuffer batches = bytes.slice(from, to - from);
        long offsetCount = next - expected.nextOffset();
        return new CheckedBatches.Batches(batches, next, epoch, offsetCount, maxTimestamp);
    }

    /**
     * Whether it lies where the copy has another one. A batch that compaction has rewritten may be
     * the same: it has fewer records than offsets, or a deadline for its tombstones.
     */
    private static boolean isForeign(BatchView batch, Expectation expected) {
        if (expected.lastChecksum() < 0 || batch.nextOffset() < expected.nextOffset()) {
            return false;
        }
        return batch.nextOffset() > expected.nextOffset()
                || batch.asProduced()
                        && Integer.toUnsignedLong(batch.crc()) != expected.lastChecksum();
    }

    private boolean isChecked(Safeguard safeguard) {
        return safeguards.contains(safeguard);
    }

    private static CheckedBatches broken(Reason.Code code, String seen, long next) {
        return new CheckedBatches.Broken(
                new Reason(code, "after offset %d the source sent %s".formatted(next - 1, seen)));
    }
}
