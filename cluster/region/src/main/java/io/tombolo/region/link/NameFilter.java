package io.tombolo.region.link;

import java.util.List;
import java.util.stream.Stream;

/**
 * Chooses names by patterns: {@code *} stands for any number of characters, a leading {@code !}
 * excludes. A name is chosen when a pattern includes it and none excludes it. Names that begin with
 * {@code __} belong to the brokers and are chosen only by a pattern that begins with {@code __}.
 */
public record NameFilter(List<String> patterns) {

    public NameFilter {
        patterns = List.copyOf(patterns);
    }

    public static NameFilter of(String... patterns) {
        return new NameFilter(List.of(patterns));
    }

    /** Whether the name is chosen. */
    public boolean includes(String name) {
        boolean internal = name.startsWith("__");
        boolean included = false;
        for (String pattern : patterns) {
            if (pattern.startsWith("!")) {
                if (matches(pattern, 1, name)) {
                    return false;
                }
            } else if (!internal || pattern.startsWith("__")) {
                included |= matches(pattern, 0, name);
            }
        }
        return included;
    }

    /**
     * Whether there may be a name that both choose. What an exclusion leaves of a pattern counts as
     * something unless it is nothing at all: rather a yes too many.
     */
    public boolean meets(NameFilter other) {
        return included(other)
                .anyMatch(mine -> other.included(this).anyMatch(one -> meet(mine, one)));
    }

    /** The patterns that choose, but for those of which either filter excludes every name. */
    private Stream<String> included(NameFilter other) {
        return patterns.stream()
                .filter(pattern -> !pattern.startsWith("!"))
                .filter(pattern -> !excludes(pattern) && !other.excludes(pattern));
    }

    /** A star of the pattern is a character to an exclusion, which only a star of it can match. */
    private boolean excludes(String pattern) {
        return patterns.stream().anyMatch(one -> one.startsWith("!") && matches(one, 1, pattern));
    }

    private static boolean meet(String one, String other) {
        if (one.startsWith("__") != other.startsWith("__")) {
            return false;
        }
        // Row i, column j: whether some name matches the first i characters of one, j of the other.
        var reached = new boolean[one.length() + 1][other.length() + 1];
        for (int i = 0; i <= one.length(); i++) {
            for (int j = 0; j <= other.length(); j++) {
                boolean star = i > 0 && one.charAt(i - 1) == '*';
                boolean otherStar = j > 0 && other.charAt(j - 1) == '*';
                reached[i][j] =
                        i == 0 && j == 0
                                || i > 0 && (star || otherStar) && reached[i - 1][j]
                                || j > 0 && (star || otherStar) && reached[i][j - 1]
                                || i > 0
                                        && j > 0
                                        && one.charAt(i - 1) == other.charAt(j - 1)
                                        && reached[i - 1][j - 1];
            }
        }
        return reached[one.length()][other.length()];
    }

    /** Greedy matching with one remembered star: linear in practice, never exponential. */
    private static boolean matches(String pattern, int from, String name) {
        int at = from;
        int position = 0;
        int star = -1;
        int resume = 0;
        while (position < name.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                resume = position;
            } else if (at < pattern.length() && pattern.charAt(at) == name.charAt(position)) {
                at++;
                position++;
            } else if (star >= 0) {
                at = star + 1;
                position = ++resume;
            } else {
                return false;
            }
        }
        while (at < pattern.length() && pattern.charAt(at) == '*') {
            at++;
        }
        return at == pattern.length();
    }
}
