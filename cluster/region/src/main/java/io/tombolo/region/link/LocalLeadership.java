package io.tombolo.region.link;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one broker has to do for a link.
 *
 * @param partitions the partitions of the link's mirror topics that this broker leads
 * @param coordinates whether this broker looks after the link as a whole: finds and makes topics,
 *     follows configurations and copies group offsets; one broker of the region does
 */
public record LocalLeadership(SortedSet<LinkPartition> partitions, boolean coordinates) {

    public LocalLeadership {
        partitions = Collections.unmodifiableSortedSet(new TreeSet<>(partitions));
    }

    /** Nothing to do. */
    public static LocalLeadership none() {
        return new LocalLeadership(new TreeSet<>(), false);
    }
}
