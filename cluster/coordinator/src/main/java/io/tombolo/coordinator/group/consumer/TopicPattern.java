package io.tombolo.coordinator.group.consumer;

import io.tombolo.coordinator.pattern.LinearPattern;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/** A regular expression over topic names. A name has to match as a whole. */
final class TopicPattern {

    private final LinearPattern pattern;

    /** Throws {@link IllegalArgumentException} when it is none; see {@link #mistakeIn}. */
    TopicPattern(String regex) {
        this.pattern = LinearPattern.of(regex);
    }

    /** What is wrong with a regular expression; null when nothing is. */
    static @Nullable String mistakeIn(String regex) {
        return LinearPattern.mistakeIn(regex);
    }

    TreePSet<String> among(Iterable<String> names) {
        TreePSet<String> matching = TreePSet.empty();
        for (String name : names) {
            if (pattern.matches(name)) {
                matching = matching.plus(name);
            }
        }
        return matching;
    }
}
