package io.tombolo.simulation;

import java.util.EnumMap;
import java.util.Map;

/** Counts what happened, over any number of worlds. */
final class Happenings {

    private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);

    void note(Happening happening) {
        counts.merge(happening, 1L, Long::sum);
    }

    long count(Happening happening) {
        return counts.getOrDefault(happening, 0L);
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
