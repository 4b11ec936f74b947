package io.tombolo.replication;

/** What became of batches that a link wanted to append. */
public sealed interface MirrorAppendOutcome {

    /** They are in the log. */
    record Appended(long endOffset, long highWatermark) implements MirrorAppendOutcome {}

    /** A higher ownership epoch is known here, or the partition is no mirror any more (−1). */
    record StaleOwnership(long ownershipEpoch) implements MirrorAppendOutcome {}

    /** A batch has a higher leader epoch than this leadership. */
    record EpochFenced(int leaderEpoch) implements MirrorAppendOutcome {}

    /** The log ends elsewhere than the link thought. */
    record OutOfOrder(long endOffset) implements MirrorAppendOutcome {}

    /** The batches are not sound and never will be. */
    record Refused(String reason) implements MirrorAppendOutcome {}

    /** This broker does not lead the partition, or its disk failed. */
    record Unavailable(String reason) implements MirrorAppendOutcome {}
}
