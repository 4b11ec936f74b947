package io.tombolo.coordinator.group.consumer;

import org.pcollections.TreePSet;

import java.util.Collection;

/**
 * Names of the topics that a member reads.
 *
 * @param set in their order, without duplicates
 * @param length how many characters they have together
 */
record TopicNames(TreePSet<String> set, int length) {

    static final TopicNames NONE = new TopicNames(TreePSet.empty(), 0);

    static TopicNames of(Collection<String> names) {
        TreePSet<String> set = TreePSet.from(names);
        return new TopicNames(set, set.stream().mapToInt(String::length).sum());
    }

    /** Whether they are the same names; looks at them only when they are as long. */
    boolean sameAs(TopicNames other) {
        return this == other || (length == other.length && set.equals(other.set));
    }
}
