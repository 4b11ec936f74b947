package io.tombolo.registry;

import io.tombolo.environment.Clock;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What one broker has seen, within bounds. Callable from any thread; guarded by one lock. */
final class RegistryView {

    private final Clock clock;
    private final RegistryBounds bounds;
    private final SortedMap<RegistryKey, Seen> seen = new TreeMap<>();
    private long characters;

    private record Seen(RegistryEntry entry, long atNanos) {}

    RegistryView(Clock clock, RegistryBounds bounds) {
        this.clock = clock;
        this.bounds = bounds;
    }

    /** Its writer has just put it. One that is older than what was seen shows that it lives. */
    synchronized void heard(RegistryEntry entry) {
        keep(entry, clock.nanoTime());
    }

    /** It was there, who knows since when: that is no sign of life of a writer seen before. */
    synchronized void found(RegistryEntry entry) {
        Seen before = seen.get(entry.key());
        if (before == null || entry.stamp().compareTo(before.entry.stamp()) > 0) {
            keep(entry, clock.nanoTime());
        }
    }

    private void keep(RegistryEntry entry, long atNanos) {
        Seen before = seen.get(entry.key());
        RegistryEntry newest =
                before == null || entry.replaces(before.entry) ? entry : before.entry;
        if (objection(newest).isPresent()) {
            return;
        }
        characters += newest.text().length() - lengthOf(before);
        seen.put(entry.key(), new Seen(newest, atNanos));
    }

    /** Why there is no room for an entry; empty when there is. */
    synchronized Optional<String> objection(RegistryEntry entry) {
        Seen before = seen.get(entry.key());
        return bounds.objection(
                entry, seen.size() - (before == null ? 0 : 1), characters - lengthOf(before));
    }

    private static int lengthOf(@Nullable Seen one) {
        return one == null ? 0 : one.entry.text().length();
    }

    synchronized Optional<RegistrySighting> lastSeen(RegistryKey key) {
        return Optional.ofNullable(seen.get(key)).map(this::sighting);
    }

    synchronized List<RegistrySighting> all() {
        return seen.values().stream().map(this::sighting).toList();
    }

    private RegistrySighting sighting(Seen one) {
        return new RegistrySighting(one.entry, Math.max(0, clock.nanoTime() - one.atNanos));
    }
}
