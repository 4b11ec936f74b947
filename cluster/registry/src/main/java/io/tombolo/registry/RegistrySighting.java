package io.tombolo.registry;

/**
 * An entry and how long ago its writer was last heard of.
 *
 * @param ageNanos since it was put or put again, 0 or more, as this broker heard of it: no clock of
 *     another process is involved
 */
public record RegistrySighting(RegistryEntry entry, long ageNanos) {}
