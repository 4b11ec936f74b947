package io.tombolo.protocol;

/**
 * The versions of one API that are understood, both ends included; 0 ≤ {@code min} ≤ {@code max}.
 */
public record VersionRange(short min, short max) {

    public VersionRange {
        if (min < 0 || max < min) {
            throw new IllegalArgumentException("no version range: " + min + " to " + max);
        }
    }

    /** The range from one version to another, given as ints for convenience. */
    public static VersionRange of(int min, int max) {
        return new VersionRange((short) min, (short) max);
    }

    /** Whether a version lies inside. */
    public boolean contains(short version) {
        return version >= min && version <= max;
    }
}
