package io.tombolo.raft.core;

/**
 * An exclusive end offset and the epoch of the record just below it. Names the end of a log, the
 * end of an epoch within it, or a snapshot of everything below it. Ordered the way votes compare
 * logs: by epoch, then by offset.
 */
public record OffsetAndEpoch(long offset, int epoch) implements Comparable<OffsetAndEpoch> {

    /** The end of an empty log; as a snapshot id: no snapshot. */
    public static final OffsetAndEpoch ZERO = new OffsetAndEpoch(0, 0);

    public OffsetAndEpoch {
        if (offset < 0 || epoch < 0) {
            throw new IllegalArgumentException(
                    "offset " + offset + " and epoch " + epoch + " must not be negative");
        }
    }

    @Override
    public int compareTo(OffsetAndEpoch other) {
        int byEpoch = Integer.compare(epoch, other.epoch);
        return byEpoch != 0 ? byEpoch : Long.compare(offset, other.offset);
    }

    @Override
    public String toString() {
        return offset + "@" + epoch;
    }
}
