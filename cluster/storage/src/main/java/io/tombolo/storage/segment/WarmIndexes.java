package io.tombolo.storage.segment;

import java.util.ArrayList;
import java.util.List;

/** The indexes of a warm segment, and how much of them is in their files. Mutable; one owner. */
final class WarmIndexes {

    final OffsetIndex offsets = new OffsetIndex();
    final TimeIndex times = new TimeIndex();
    final List<AbortedTransaction> aborted = new ArrayList<>();
    final RecentBatches recent = new RecentBatches();
    int offsetsOnDisk;
    int timesOnDisk;
    int abortedOnDisk;

    /** After a truncation: the files hold at most what is left. */
    void clampOnDisk() {
        offsetsOnDisk = Math.min(offsetsOnDisk, offsets.count());
        timesOnDisk = Math.min(timesOnDisk, times.count());
        abortedOnDisk = Math.min(abortedOnDisk, aborted.size());
    }
}
