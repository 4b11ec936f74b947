package io.tombolo.storage.cleaner;

import java.util.ArrayList;
import java.util.List;

/** Which adjacent segments become one. */
final class SegmentGroups {

    private SegmentGroups() {}

    /**
     * Where a segment is.
     *
     * @param endOffset the offset after its last record
     */
    record Extent(long baseOffset, long endOffset, int bytes) {}

    /**
     * Divides adjacent segments into groups that fit into one segment even if nothing of them goes;
     * in order, as numbers of segments.
     *
     * @param bytesMax of a segment with several predecessors
     */
    static List<Integer> sizes(List<Extent> segments, int bytesMax) {
        var sizes = new ArrayList<Integer>();
        int from = 0;
        while (from < segments.size()) {
            int to = from + 1;
            long bytes = segments.get(from).bytes;
            while (to < segments.size()
                    && bytes + segments.get(to).bytes <= bytesMax
                    && reaches(segments.get(from), segments.get(to))) {
                bytes += segments.get(to).bytes;
                to++;
            }
            sizes.add(to - from);
            from = to;
        }
        return sizes;
    }

    /** Offsets in indexes are relative to the beginning of the segment, and ints. */
    private static boolean reaches(Extent first, Extent last) {
        return last.endOffset - 1 - first.baseOffset <= Integer.MAX_VALUE;
    }
}
