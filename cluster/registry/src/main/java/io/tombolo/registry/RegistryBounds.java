package io.tombolo.registry;

import java.util.Optional;

/**
 * How much a registry holds; what is beyond is refused to its writer.
 *
 * @param entryCount of all writers
 * @param entryCharacters of one entry's text
 * @param totalCharacters of all texts
 */
public record RegistryBounds(int entryCount, int entryCharacters, int totalCharacters) {

    /** For some regions with hundreds of brokers; 32 MiB at the very most. */
    public static final RegistryBounds STANDARD = new RegistryBounds(2_000, 2_000_000, 16 << 20);

    /** Why an entry does not fit beside the others; empty when it does. */
    Optional<String> objection(RegistryEntry entry, int otherCount, long otherCharacters) {
        int characters = entry.text().length();
        if (characters > entryCharacters) {
            return Optional.of(
                    "%s has %d characters, more than %d"
                            .formatted(entry.key(), characters, entryCharacters));
        }
        if (otherCount >= entryCount) {
            return Optional.of("there are %d entries already".formatted(otherCount));
        }
        if (otherCharacters + characters > totalCharacters) {
            return Optional.of(
                    "%d characters are held already, of %d"
                            .formatted(otherCharacters, totalCharacters));
        }
        return Optional.empty();
    }
}
