package io.tombolo.linker.mirror;

import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;

import java.util.List;
import java.util.Optional;

/**
 * Where the copy of a partition begins: where it was told to, and later where its source does, as
 * far as it has been copied. Mutable; owned by the loop of the link.
 */
final class CopyStart {

    private final long told;
    private long sourceLogStart = -1;
    private boolean pending;
    private boolean jumps;

    /**
     * @param told the first offset of the copy, unless the source begins above it
     */
    CopyStart(long told) {
        this.told = told;
    }

    /** The first offset the source has, −1 before it said so. */
    long sourceLogStart() {
        return sourceLogStart;
    }

    /** Whether the local log was asked to raise its start and has not answered. */
    boolean isPending() {
        return pending;
    }

    /** The source was asked where its log begins. */
    void known(long logStart) {
        sourceLogStart = logStart;
    }

    /** A fetch told where it begins, perhaps later than it was asked. */
    void heard(long logStart) {
        sourceLogStart = Math.max(sourceLogStart, logStart);
    }

    /** The first offset of a copy that has not begun. */
    long first() {
        return Math.max(sourceLogStart, told);
    }

    /** Whether the copy may go on behind what the source deleted before it was copied. */
    void mayJump(boolean allowed) {
        jumps = allowed;
    }

    /** What is missing between a copy that may jump and its source. */
    Optional<MirrorTopic.Gap> ahead(MirrorLog.Position copy) {
        return jumps && sourceLogStart > copy.endOffset()
                ? Optional.of(new MirrorTopic.Gap(copy.endOffset(), sourceLogStart))
                : Optional.empty();
    }

    /**
     * Goes on behind a gap, which takes two steps, and where both ends stand is found out between
     * them: a log is emptied first, and what is empty begins where the source does.
     */
    List<PartitionEffect> jump(MirrorLog.Position copy) {
        return raise(copy.empty() ? sourceLogStart : copy.endOffset());
    }

    /** Has the local log begin at an offset. */
    List<PartitionEffect> raise(long offset) {
        pending = true;
        return List.of(new PartitionEffect.RaiseLogStart(offset));
    }

    /** What the source has deleted goes here too, as far as it has been copied. */
    List<PartitionEffect> follow(MirrorLog.Position copy) {
        long target = Math.min(sourceLogStart, copy.endOffset());
        return pending || target <= copy.logStartOffset() ? List.of() : raise(target);
    }

    /** The local log has answered. */
    void answered() {
        pending = false;
    }

    /** Where a log begins whose start was raised to the source's. */
    long followed(MirrorLog.Position copy) {
        return Math.min(Math.max(copy.logStartOffset(), sourceLogStart), copy.endOffset());
    }
}
