package io.tombolo.region;

/**
 * The name of a region: one broker cluster with its own metadata quorum. 1 to 63 letters, digits,
 * {@code -}, {@code _} or {@code .}, starting with a letter or digit; ordered by name.
 */
public record RegionId(String name) implements Comparable<RegionId> {

    /**
     * @throws IllegalArgumentException with a sentence for the user when the name is not legal
     */
    public RegionId {
        name = Name.checked("region", name);
    }

    @Override
    public int compareTo(RegionId other) {
        return name.compareTo(other.name);
    }

    @Override
    public String toString() {
        return name;
    }
}
