package io.tombolo.region.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Comma-separated values of configs of type LIST, and the two changes that only they know. */
final class ListValue {

    private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");

    private ListValue() {}

    /** The elements without surrounding blanks; none for a blank text. */
    static List<String> elements(String text) {
        String trimmed = text.trim();
        return trimmed.isEmpty() ? List.of() : Arrays.asList(COMMA.split(trimmed, -1));
    }

    /** The current list followed by those added elements that it does not have yet. */
    static String append(String current, String added) {
        var elements = new ArrayList<>(elements(current));
        for (String element : elements(added)) {
            if (!elements.contains(element)) {
                elements.add(element);
            }
        }
        return String.join(",", elements);
    }

    /** The current list without the elements that are to go. */
    static String subtract(String current, String removed) {
        var elements = new ArrayList<>(elements(current));
        elements.removeAll(elements(removed));
        return String.join(",", elements);
    }
}
