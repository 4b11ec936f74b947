package io.tombolo.region.registry;

/**
 * A document and how long ago its region was last heard of.
 *
 * @param ageNanos nanoseconds since the last sign of life, 0 or more; measured here, no clock of
 *     the other region is involved
 */
public record Sighting(RegionDocument document, long ageNanos) {}
