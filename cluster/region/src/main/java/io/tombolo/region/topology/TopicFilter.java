package io.tombolo.region.topology;

import java.util.List;

/**
 * The topics that a link copies: a {@link NameFilter} that never chooses an internal topic, that is
 * one whose name starts with two underscores, because every region keeps its own.
 */
public record TopicFilter(NameFilter names) {

    private static final String INTERNAL = "__";

    /** The filter made of these patterns, as written in the file. */
    public static TopicFilter of(String... patterns) {
        return new TopicFilter(new NameFilter(List.of(patterns)));
    }

    /** Whether the link copies the topic of this name. */
    public boolean matches(String topic) {
        return !topic.startsWith(INTERNAL) && names.matches(topic);
    }

    /** The patterns as written in the file. */
    public List<String> patterns() {
        return names.patterns();
    }
}
