package io.tombolo.region.topology.file;

import io.tombolo.region.link.NameFilter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
            Optional<String> text = item.text();
            if (text.isEmpty()) {
                continue;
            }
            String pattern = text.get();
            if (!TOPIC.matcher(pattern).matches()) {
                item.problem(Rule.PATTERN, "no topic name matches the pattern '" + pattern + "'")
                        .why("topic names have letters, digits, '.', '_' and '-'; * is any text")
                        .fix("\"orders.*\"        a glob, not a regular expression");
            } else if (pattern.startsWith(INTERNAL)) {
                item.problem(Rule.PATTERN, "internal topics are never copied: " + pattern)
                        .why("each region keeps its own offsets and transaction states")
                        .fix("remove \"" + pattern + "\"");
            } else {
                patterns.add(pattern);
            }
        }
        return filter(value, patterns);
    }

    /** Patterns of consumer groups; everything when the list is wrong. */
    static NameFilter groups(Value value) {
        var patterns = new ArrayList<String>();
        for (Value item : value.items()) {
            item.text().ifPresent(patterns::add);
            if (item.node() instanceof YamlNode.Scalar scalar && scalar.text().isEmpty()) {
                item.problem(Rule.PATTERN, "no group matches an empty pattern")
                        .fix("remove it, or name what is meant: \"*\"");
            }
        }
        return filter(value, patterns);
    }

    private static NameFilter filter(Value value, List<String> patterns) {
        boolean emptyList =
                value.node() instanceof YamlNode.Sequence sequence && sequence.items().isEmpty();
        boolean onlyExclusions =
                !patterns.isEmpty() && patterns.stream().allMatch(text -> text.startsWith("!"));
        boolean nothing = !patterns.isEmpty() && allExcluded(new NameFilter(patterns));
        if (emptyList || nothing) {
            value.problem(Rule.PATTERN, value.path() + " matches nothing")
                    .seen(
                            emptyList
                                    ? "an empty list"
                                    : (onlyExclusions
                                                    ? "exclusions only: "
                                                    : "everything is excluded again: ")
                                            + patterns)
                    .fix(value.name() + ": [\"*\"" + (emptyList ? "]" : ", …]"));
        }
        return patterns.isEmpty() ? NameFilter.of("*") : new NameFilter(patterns);
    }

    /** A pattern that an exclusion matches as if it were a name has no name left. */
    private static boolean allExcluded(NameFilter filter) {
        return filter.patterns().stream()
                .filter(pattern -> !pattern.startsWith("!"))
                .noneMatch(filter::includes);
    }
}
