package io.tombolo.region.topology.file;

import java.util.List;

/** A YAML value with its place in the text. */
sealed interface YamlNode {

    Span span();

    /** Where a value stands in the text: lines and columns from 1. */
    record Span(int line, int column, int lastLine) {

        /** The file as a whole. */
        static final Span WHOLE_FILE = new Span(0, 0, 0);

        /** Where something is missing that the file should begin with. */
        static final Span BEGINNING = new Span(1, 1, 1);

        boolean touches(int otherLine) {
            return otherLine >= line && otherLine <= lastLine;
        }
    }

    /** A single value; {@code plain} when it was written without quotes. */
    record Scalar(String text, boolean plain, Span span) implements YamlNode {

        boolean isNull() {
            return plain && (text.isEmpty() || text.equals("~") || text.equals("null"));
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Span span) implements YamlNode {}

    /** A map in the order of the text; keys may still be duplicates. */
    record Mapping(List<Entry> entries, Span span) implements YamlNode {}

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}

    /** What this is, for messages. */
    default String kind() {
        return switch (this) {
            case Scalar scalar when scalar.isNull() -> "nothing";
            case Scalar scalar -> "'" + shortened(scalar.text()) + "'";
            case Sequence sequence -> "a list of " + sequence.items().size();
            case Mapping mapping -> "a map of " + mapping.entries().size();
        };
    }

    private static String shortened(String text) {
        String line = text.replace('\n', ' ');
        return line.length() <= 60 ? line : line.substring(0, 59) + "…";
    }
}
