package io.tombolo.registry;

/**
 * What a writer tells, and when in the order of all that it tells. Entries with one key and one
 * stamp say the same about what the stamp counts.
 *
 * @param text at most as long as {@link RegistryBounds} allow
 */
public record RegistryEntry(RegistryKey key, Stamp stamp, String text) {

    /**
     * Orders what one writer tells.
     *
     * @param epoch of the writer: grows whenever another process takes its place; 0 or more
     * @param sequence within it; 0 or more
     */
    public record Stamp(long epoch, long sequence) implements Comparable<Stamp> {

        public Stamp {
            if (epoch < 0 || sequence < 0) {
                throw new IllegalArgumentException("no stamp: %d.%d".formatted(epoch, sequence));
            }
        }

        @Override
        public int compareTo(Stamp other) {
            int byEpoch = Long.compare(epoch, other.epoch);
            return byEpoch != 0 ? byEpoch : Long.compare(sequence, other.sequence);
        }

        @Override
        public String toString() {
            return epoch + "." + sequence;
        }
    }

    /** Whether this one may take the place of another of its key: it is not older. */
    public boolean replaces(RegistryEntry other) {
        return stamp.compareTo(other.stamp) >= 0;
    }

    /**
     * Which of two entries of one key is kept where two halves of a region come together: the same,
     * whichever half it is asked in.
     */
    public RegistryEntry merged(RegistryEntry other) {
        int order = stamp.compareTo(other.stamp);
        if (order == 0) {
            order = text.compareTo(other.text);
        }
        return order >= 0 ? this : other;
    }
}
