package io.tombolo.registry;

import io.tombolo.region.RegionId;

/**
 * What an entry is about, and so who writes it: nobody but the region, or the one process of it
 * that the name says.
 *
 * @param name within the region, such as {@code document} or {@code broker-1001}: 1 to 63 letters,
 *     digits and {@code -}
 */
public record RegistryKey(RegionId region, String name) implements Comparable<RegistryKey> {

    public RegistryKey {
        if (!name.matches("[A-Za-z0-9-]{1,63}")) {
            throw new IllegalArgumentException("no name of an entry: " + name);
        }
    }

    @Override
    public int compareTo(RegistryKey other) {
        int byRegion = region.compareTo(other.region);
        return byRegion != 0 ? byRegion : name.compareTo(other.name);
    }

    /** As in {@code eu/document}. */
    @Override
    public String toString() {
        return region + "/" + name;
    }
}
