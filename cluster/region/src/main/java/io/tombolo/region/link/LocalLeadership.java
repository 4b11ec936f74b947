package io.tombolo.region.link;

import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What one broker has to do for a link.
 *
 * @param partitions the partitions of the link's mirror topics that this broker leads
 * @param coordinates whether this broker looks after the link as a whole: finds and makes topics,
 *     and follows configurations; one broker of the region does. Group offsets are copied by
 *     whichever broker keeps those of the group
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
