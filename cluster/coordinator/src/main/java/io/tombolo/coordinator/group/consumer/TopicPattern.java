package io.tombolo.coordinator.group.consumer;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/**
 * A regular expression over topic names, in the syntax of RE2: matching takes time in proportion to
 * the name, whatever the expression. A name has to match as a whole.
 */
final class TopicPattern {

    private final Pattern pattern;

    /** Throws {@link PatternSyntaxException} when it is none; see {@link #mistakeIn}. */
    TopicPattern(String regex) {
        this.pattern = Pattern.compile(regex);
    }

    /** What is wrong with a regular expression; null when nothing is. */
    static @Nullable String mistakeIn(String regex) {
        try {
            Pattern.compile(regex);
            return null;
        } catch (PatternSyntaxException mistake) {
            return mistake.getDescription();
        }
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
