package io.tombolo.region;

/**
 * The producer ids that a region may hand out, so that two regions never give the same id to two
 * producers and a mirrored log never meets a foreign producer under a local id.
 *
 * <p>Region i of the file owns 2^48 ids from (i + 1) × 2^48 on. The lowest 2^48 ids belong to
 * nobody: Apache Kafka clusters that a link reads from start at 0.
 *
 * @param first smallest id, inclusive
 * @param last largest id, inclusive
 */
public record ProducerIdRange(long first, long last) {

    private static final int BITS = 48;

    /** The most regions that have a range: the next one would begin above the largest long. */
    public static final int REGIONS_MAX = (1 << (63 - BITS)) - 1;

    public ProducerIdRange {
        if (first < 0 || last < first) {
            throw new IllegalArgumentException("no producer ids from " + first + " to " + last);
        }
    }

    /** The range of the region at this position of the file, 0 ≤ index &lt; REGIONS_MAX. */
    public static ProducerIdRange ofRegion(int regionIndex) {
        if (regionIndex < 0 || regionIndex >= REGIONS_MAX) {
            throw new IllegalArgumentException("no producer ids for region number " + regionIndex);
        }
        long first = (regionIndex + 1L) << BITS;
        return new ProducerIdRange(first, first + (1L << BITS) - 1);
    }

    /** Whether the id may have been handed out by this region. */
    public boolean contains(long producerId) {
        return producerId >= first && producerId <= last;
    }
}
