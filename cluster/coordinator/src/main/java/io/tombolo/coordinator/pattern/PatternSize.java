package io.tombolo.coordinator.pattern;

import org.jspecify.annotations.Nullable;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * How much a regular expression grows when it is compiled, found in one pass and without compiling
 * it: an engine that matches in linear time writes counted repeats out and goes into parentheses by
 * recursion, so that {@code ((a{1000}){1000}){1000}} takes all memory and a thousand parentheses
 * take the stack. What it does not understand it takes for letters; the engine refuses that.
 *
 * <p>Places are what may be alive at each character of a text: a wildcard, a class, and every
 * letter or pair of parentheses inside of a repeat, times its counts. Letters outside of repeats
 * cost nothing: a list of a thousand names is fine.
 */
final class PatternSize {

    /** As many as one counted repeat may have in RE2. */
    static final int PLACES_MAX = 1000;

    static final int DEPTH_MAX = 100;

    private static final int LONGEST_COUNT = 4;

    private final String regex;
    private final Deque<Group> open = new ArrayDeque<>();
    private Group group = new Group();
    private int at;

    private PatternSize(String regex) {
        this.regex = regex;
    }

    /** Why an expression is refused whatever it means; null when it is not. */
    static @Nullable String excessOf(String regex) {
        return new PatternSize(regex).excess();
    }

    private @Nullable String excess() {
        while (at < regex.length()) {
            readOne();
            if (open.size() > DEPTH_MAX) {
                return "parentheses are nested deeper than " + DEPTH_MAX;
            }
            if (group.places() > PLACES_MAX) {
                return "repeats and wildcards come to more than " + PLACES_MAX + " places";
            }
        }
        return null;
    }

    private void readOne() {
        char read = regex.charAt(at++);
        switch (read) {
            case '\\' -> readEscape();
            case '[' -> readClass();
            case '(' -> open();
            case ')' -> close();
            case '*', '+', '?' -> group.repeat(1);
            case '{' -> readCount();
            case '.' -> group.add(0, 1);
            default -> group.add(1, 0);
        }
    }

    private void readEscape() {
        char escaped = at < regex.length() ? regex.charAt(at++) : '\\';
        switch (escaped) {
            case 'Q' -> {
                int end = regex.indexOf("\\E", at);
                int stop = end < 0 ? regex.length() : end;
                while (at < stop) {
                    at++;
                    group.add(1, 0);
                }
                at = end < 0 ? stop : end + 2;
            }
            case 'p', 'P' -> {
                skipBraces();
                group.add(0, 1);
            }
            case 'x' -> {
                skipBraces();
                group.add(1, 0);
            }
            case 'C', 'd', 'D', 's', 'S', 'w', 'W' -> group.add(0, 1);
            default -> group.add(1, 0);
        }
    }

    private void skipBraces() {
        if (regex.startsWith("{", at)) {
            int end = regex.indexOf('}', at);
            at = end < 0 ? regex.length() : end + 1;
        }
    }

    private void readClass() {
        at += regex.startsWith("^", at) ? 1 : 0;
        at += regex.startsWith("]", at) ? 1 : 0;
        while (at < regex.length() && regex.charAt(at) != ']') {
            int named = regex.startsWith("[:", at) ? regex.indexOf(":]", at + 2) : -1;
            if (named >= 0) {
                at = named + 2;
            } else {
                at += regex.charAt(at) == '\\' ? 2 : 1;
            }
        }
        at++;
        group.add(0, 1);
    }

    private void open() {
        if (regex.startsWith("?", at)) {
            while (at < regex.length() && ":>)".indexOf(regex.charAt(at)) < 0) {
                at++;
            }
            boolean flagsOnly = at < regex.length() && regex.charAt(at++) == ')';
            if (flagsOnly) {
                return;
            }
        }
        open.push(group);
        group = new Group();
    }

    private void close() {
        if (!open.isEmpty()) {
            Group closed = group;
            group = open.pop();
            group.add(closed.letters() + 1, closed.places());
        }
    }

    /** {@code n}, {@code n,} or {@code n,m} and a brace; else the brace was a letter. */
    private void readCount() {
        int end = regex.indexOf('}', at);
        String count = end < 0 ? "" : regex.substring(at, end);
        if (!count.matches("\\d+(,\\d*)?")) {
            group.add(1, 0);
            return;
        }
        at = end + 1;
        int times = 1;
        for (String number : count.split(",")) {
            boolean tooLong = number.length() > LONGEST_COUNT;
            times = Math.max(times, tooLong ? PLACES_MAX + 1 : Integer.parseInt(number));
        }
        group.repeat(times);
    }

    /** What a pair of parentheses holds so far; its last part may still be repeated. */
    private static final class Group {

        private long letters;
        private long places;
        private long lastLetters;
        private long lastPlaces;

        void add(long moreLetters, long morePlaces) {
            letters += lastLetters;
            places += lastPlaces;
            lastLetters = moreLetters;
            lastPlaces = morePlaces;
        }

        void repeat(int times) {
            lastPlaces = (lastLetters + lastPlaces) * times;
            lastLetters = 0;
        }

        long letters() {
            return letters + lastLetters;
        }

        long places() {
            return places + lastPlaces;
        }
    }
}
