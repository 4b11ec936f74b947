package io.tombolo.region.link;

/**
 * What the links of a module promise.
 *
 * @param offsetsPreserved a record has the same offset at both ends
 * @param duplicatesPossible a record may arrive twice
 * @param synchronous an acknowledged record is in both regions
 * @param bidirectional both ends may be written at the same time
 */
public record Guarantees(
        boolean offsetsPreserved,
        boolean duplicatesPossible,
        boolean synchronous,
        boolean bidirectional) {}
