package io.tombolo.region.ownership;

import io.tombolo.region.RegionId;
import io.tombolo.region.link.NameFilter;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Which topics changed hands when a region took a domain over. It is kept with the ownership, so
 * that both regions judge by the same names for as long as that ownership lasts, whatever becomes
 * of the link's filter afterwards.
 *
 * @param from the region that they were taken from
 * @param topics by name; the filter that was in force where they were taken over
 */
public record Takeover(RegionId from, NameFilter topics) {

    private static final String SEPARATOR = ",";

    /** Of patterns as {@link #patterns} writes them. */
    public static Takeover of(RegionId from, String patterns) {
        return new Takeover(from, new NameFilter(List.of(patterns.split(SEPARATOR))));
    }

    /** The patterns of the filter in one text. */
    public String patterns() {
        return String.join(SEPARATOR, topics.patterns());
    }

    /** Whether a topic of this name was taken from the region. */
    public boolean took(RegionId region, String topic) {
        return from.equals(region) && topics.includes(topic);
    }

    /**
     * At least what either has taken. Two filters that differ have no union of that form when one
     * of them excludes names, so nothing is excluded then: rather a topic too many than one that
     * two regions write to.
     */
    public Takeover and(Takeover other) {
        if (topics.equals(other.topics)) {
            return this;
        }
        var all = new TreeSet<>(topics.patterns());
        all.addAll(other.topics.patterns());
        all.removeIf(pattern -> pattern.startsWith("!"));
        return new Takeover(from, new NameFilter(new ArrayList<>(all)));
    }
}
