package io.tombolo.raft.core;

import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a log directory holds when it is opened; all of it durable.
 *
 * @param startOffset lowest offset present; ≤ {@code snapshot.offset()}, or 0
 * @param endOffset just behind the last record; ≥ {@code snapshot.offset()}
 * @param epochStarts first known offset of each epoch in the log; with a start offset above 0 also
 *     the epoch just below it, when known, at or below the start offset
 * @param snapshot the newest complete snapshot, or {@link OffsetAndEpoch#ZERO}
 * @param voterSets the voter sets named in the log, by the offset of their batch; that of the
 *     snapshot at −1
 */
public record RecoveredLog(
        long startOffset,
        long endOffset,
        SortedMap<Integer, Long> epochStarts,
        OffsetAndEpoch snapshot,
        SortedMap<Long, VoterSet> voterSets) {

    public RecoveredLog {
        if (startOffset > snapshot.offset() || snapshot.offset() > endOffset) {
            throw new IllegalArgumentException(
                    "log from "
                            + startOffset
                            + " to "
                            + endOffset
                            + " does not join snapshot "
                            + snapshot);
        }
        epochStarts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(epochStarts));
        voterSets = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(voterSets));
    }

    /** A new directory. */
    public static RecoveredLog empty() {
        return new RecoveredLog(0, 0, new TreeMap<>(), OffsetAndEpoch.ZERO, new TreeMap<>());
    }
}
