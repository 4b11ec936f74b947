package io.tombolo.region.topology;

import java.util.List;

/**
 * Chooses names by glob patterns: a name is chosen when at least one pattern matches it and no
 * pattern that starts with {@code !} does. The only special character is {@code *}, which stands
 * for any characters, also none. The order of the patterns does not matter.
 *
 * @param patterns as written in the file, at least one of them without {@code !}
 */
public record NameFilter(List<String> patterns) {

    /** Chooses every name. */
    public static final NameFilter EVERYTHING = new NameFilter(List.of("*"));

    public NameFilter {
        patterns = List.copyOf(patterns);
        if (patterns.stream().allMatch(pattern -> pattern.startsWith("!"))) {
            throw new IllegalArgumentException("nothing is included by " + patterns);
        }
    }

    /** Whether this filter chooses the name. */
    public boolean matches(String name) {
        boolean included = false;
        for (String pattern : patterns) {
            if (pattern.startsWith("!")) {
                if (globMatches(pattern, 1, name)) {
                    return false;
                }
            } else {
                included = included || globMatches(pattern, 0, name);
            }
        }
        return included;
    }

    /**
     * Greedy matching with one step back to the latest star: time is at most pattern length × name
     * length, whatever the pattern.
     */
    private static boolean globMatches(String pattern, int patternStart, String name) {
        int inPattern = patternStart;
        int inName = 0;
        int star = -1;
        int nameAtStar = 0;
        while (inName < name.length()) {
            if (inPattern < pattern.length() && pattern.charAt(inPattern) == '*') {
                star = inPattern++;
                nameAtStar = inName;
            } else if (inPattern < pattern.length()
                    && pattern.charAt(inPattern) == name.charAt(inName)) {
                inPattern++;
                inName++;
            } else if (star >= 0) {
                inPattern = star + 1;
                inName = ++nameAtStar;
            } else {
                return false;
            }
        }
        while (inPattern < pattern.length() && pattern.charAt(inPattern) == '*') {
            inPattern++;
        }
        return inPattern == pattern.length();
    }
}
