package io.tombolo.linker.mirror;

import java.util.EnumSet;
import java.util.Set;

/**
 * The checks that keep a copy faithful. All are in force in production; a test takes one away to
 * show that its invariant notices.
 */
public enum Safeguard {
    /** Records that were deleted at the source before they were copied stop the partition. */
    GAP,
    /** What a copy jumps over is written down first. */
    JUMP,
    /** A source that lost copied records stops the partition. */
    TRUNCATION,
    /** A source that has another batch where the copy ends stops the partition. */
    HISTORY,
    /** Batches follow each other without overlap. */
    CONTINUITY,
    /** Every batch passes its checksum. */
    CHECKSUM,
    /** An answer is used only if it continues what has been appended. */
    DUPLICATES,
    /** The leader epoch here is raised before a batch of a higher one is appended. */
    EPOCH,
    /** A copy begins where it was told to. */
    START,
    /** A topic with another id is another topic. */
    RECREATION,
    /** A copy does not go back to a source topic that it was begun anew without. */
    RETURN,
    /** Nothing is appended once a failover has been ordered. */
    STOP,
    /** Offsets of groups never point beyond the copy. */
    CLAMP,
    /** A group that stands still at the source is looked at here again and again. */
    STANDSTILL;

    public static final Set<Safeguard> ALL = EnumSet.allOf(Safeguard.class);

    public static Set<Safeguard> allBut(Safeguard one) {
        return EnumSet.complementOf(EnumSet.of(one));
    }
}
