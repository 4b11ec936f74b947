package io.tombolo.coordinator.pattern;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePSet;

/**
 * A regular expression in the syntax of RE2, small enough to be compiled and matched among other
 * work: matching takes time in proportion to the text, whatever the expression. Immutable.
 */
public final class LinearPattern {

    private final Pattern pattern;

    private LinearPattern(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * @throws IllegalArgumentException when {@link #mistakeIn} names a mistake
     */
    public static LinearPattern of(String regex) {
        String excess = PatternSize.excessOf(regex);
        if (excess != null) {
            throw new IllegalArgumentException(excess);
        }
        try {
            return new LinearPattern(Pattern.compile(regex));
        } catch (PatternSyntaxException mistake) {
            throw new IllegalArgumentException(mistake.getDescription(), mistake);
        }
    }

    /** What is wrong with a regular expression; null when nothing is. */
    public static @Nullable String mistakeIn(String regex) {
        try {
            of(regex);
            return null;
        } catch (IllegalArgumentException mistake) {
            return mistake.getMessage();
        }
    }

    /** Whether a text matches as a whole. */
    public boolean matches(String text) {
        return pattern.matches(text);
    }

    /** The texts that match as a whole. */
    public TreePSet<String> among(Iterable<String> texts) {
        TreePSet<String> matching = TreePSet.empty();
        for (String text : texts) {
            if (matches(text)) {
                matching = matching.plus(text);
            }
        }
        return matching;
    }
}
