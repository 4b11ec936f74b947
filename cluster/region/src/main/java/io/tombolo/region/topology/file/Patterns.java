package io.tombolo.region.topology.file;

import io.tombolo.region.link.NameFilter;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads lists of glob patterns. */
final class Patterns {

    private static final Pattern TOPIC = Pattern.compile("!?[A-Za-z0-9._*-]+");
    private static final String INTERNAL = "__";

    private Patterns() {}

    /** Patterns of topic names; everything when the list is wrong, which has been reported. */
    static NameFilter topics(Value value) {
        var patterns = new ArrayList<String>();
        for (Value item : value.items()) {
            String pattern = item.text().orElse("");
            if (!pattern.isEmpty() && !TOPIC.matcher(pattern).matches()) {
                item.problem(Rule.PATTERN, "no topic name matches the pattern '" + pattern + "'")
                        .why("topic names have letters, digits, '.', '_' and '-'; * is any text")
                        .fix("\"orders.*\"        a glob, not a regular expression");
            } else if (pattern.startsWith(INTERNAL)) {
                item.problem(Rule.PATTERN, "internal topics are never copied: " + pattern)
                        .why("each region keeps its own offsets and transaction states")
                        .fix("remove \"" + pattern + "\"");
            } else if (!pattern.isEmpty()) {
                patterns.add(pattern);
            }
        }
        return filter(value, patterns);
    }

    /** Patterns of consumer groups; everything when the list is wrong. */
    static NameFilter groups(Value value) {
        var patterns = new ArrayList<String>();
        for (Value item : value.items()) {
            item.text().filter(text -> !text.isEmpty()).ifPresent(patterns::add);
        }
        return filter(value, patterns);
    }

    private static NameFilter filter(Value value, List<String> patterns) {
        boolean emptyList =
                value.node() instanceof YamlNode.Sequence sequence && sequence.items().isEmpty();
        boolean onlyExclusions =
                !patterns.isEmpty() && patterns.stream().allMatch(text -> text.startsWith("!"));
        if (emptyList || onlyExclusions) {
            value.problem(Rule.PATTERN, value.path() + " matches nothing")
                    .seen(emptyList ? "an empty list" : "exclusions only: " + patterns)
                    .fix(value.name() + ": [\"*\"" + (emptyList ? "]" : ", …]"));
        }
        return patterns.isEmpty() ? NameFilter.of("*") : new NameFilter(patterns);
    }
}
