package io.tombolo.simulation.law;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Counts what happened, over any number of worlds. */
public final class Happenings {

    private final Map<Happening, Long> counts = new EnumMap<>(Happening.class);

    public void note(Happening happening) {
        counts.merge(happening, 1L, Long::sum);
    }

    public long count(Happening happening) {
        return counts.getOrDefault(happening, 0L);
    }

    /** Which of these never happened. */
    public Set<Happening> missing(Set<Happening> wanted) {
        var missing = EnumSet.copyOf(wanted);
        missing.removeIf(it -> count(it) > 0);
        return missing;
    }

    @Override
    public String toString() {
        return counts.toString();
    }
}
