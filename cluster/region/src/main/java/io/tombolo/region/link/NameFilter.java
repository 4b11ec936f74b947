package io.tombolo.region.link;

import java.util.List;

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
