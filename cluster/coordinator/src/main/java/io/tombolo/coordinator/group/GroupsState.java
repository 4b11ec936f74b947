package io.tombolo.coordinator.group;

import io.tombolo.coordinator.runtime.Alarms;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * All groups of one partition of the offsets topic; an immutable value.
 *
 * @param groups by id
 * @param offsets committed, by group, topic and partition; no empty maps in it
 * @param alarms deadlines; not stored
 */
public record GroupsState(
        TreePMap<String, ClassicGroup> groups,
        TreePMap<String, TreePMap<String, TreePMap<Integer, CommittedOffset>>> offsets,
        Alarms<GroupAlarm> alarms) {

    static final GroupsState EMPTY =
            new GroupsState(TreePMap.empty(), TreePMap.empty(), Alarms.none());

    Optional<ClassicGroup> group(String id) {
        return Optional.ofNullable(groups.get(id));
    }

    /** What a group has committed, by topic and partition. */
    TreePMap<String, TreePMap<Integer, CommittedOffset>> offsetsOf(String group) {
        var found = offsets.get(group);
        return found == null ? TreePMap.empty() : found;
    }

    @Nullable CommittedOffset offset(String group, String topic, int partition) {
        var partitions = offsetsOf(group).get(topic);
        return partitions == null ? null : partitions.get(partition);
    }

    GroupsState with(ClassicGroup group) {
        return new GroupsState(groups.plus(group.id(), group), offsets, alarms);
    }

    GroupsState withoutGroup(String id) {
        return new GroupsState(groups.minus(id), offsets, alarms);
    }

    GroupsState with(Alarms<GroupAlarm> next) {
        return new GroupsState(groups, offsets, next);
    }

    GroupsState withOffset(String group, String topic, int partition, CommittedOffset offset) {
        var topics = offsetsOf(group);
        var partitions = topics.get(topic);
        if (partitions == null) {
            partitions = TreePMap.empty();
        }
        return new GroupsState(
                groups,
                offsets.plus(group, topics.plus(topic, partitions.plus(partition, offset))),
                alarms);
    }

    GroupsState withoutOffset(String group, String topic, int partition) {
        var topics = offsetsOf(group);
        var partitions = topics.get(topic);
        if (partitions == null) {
            return this;
        }
        var restPartitions = partitions.minus(partition);
        var restTopics =
                restPartitions.isEmpty() ? topics.minus(topic) : topics.plus(topic, restPartitions);
        return new GroupsState(
                groups,
                restTopics.isEmpty() ? offsets.minus(group) : offsets.plus(group, restTopics),
                alarms);
    }
}
