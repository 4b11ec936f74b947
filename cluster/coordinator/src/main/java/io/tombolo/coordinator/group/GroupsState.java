package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.runtime.Alarms;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * All groups of one partition of the offsets topic; an immutable value.
 *
 * @param groups by id
 * @param offsets committed, by group, topic and partition; no empty maps in it
 * @param pending what open transactions will commit
 * @param alarms deadlines; not stored
 */
public record GroupsState(
        TreePMap<String, ClassicGroup> groups,
        TreePMap<String, TreePMap<String, TreePMap<Integer, CommittedOffset>>> offsets,
        PendingOffsets pending,
        Alarms<GroupAlarm> alarms) {

    static final GroupsState EMPTY =
            new GroupsState(TreePMap.empty(), TreePMap.empty(), PendingOffsets.NONE, Alarms.none());

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

    /** Whether nothing is committed for a group, and no open transaction may commit something. */
    boolean knowsNoOffsetsOf(String group) {
        return offsetsOf(group).isEmpty() && pending.of(group).isEmpty();
    }

    GroupsState with(ClassicGroup group) {
        return new GroupsState(groups.plus(group.id(), group), offsets, pending, alarms);
    }

    GroupsState withoutGroup(String id) {
        return new GroupsState(groups.minus(id), offsets, pending, alarms);
    }

    GroupsState with(Alarms<GroupAlarm> next) {
        return new GroupsState(groups, offsets, pending, next);
    }

    private GroupsState with(PendingOffsets next) {
        return new GroupsState(groups, offsets, next, alarms);
    }

    /** Whoever commits without being a member makes a group that only stores offsets. */
    GroupsState withGroupFor(String id) {
        return groups.containsKey(id) ? this : with(ClassicGroup.empty(id));
    }

    GroupsState withOffset(String group, String topic, int partition, CommittedOffset offset) {
        var place = new Place(group, topic, partition);
        return with(pending.overtaken(place)).counting(place, offset);
    }

    private GroupsState counting(Place place, CommittedOffset offset) {
        var topics = offsetsOf(place.group());
        var partitions = topics.get(place.topic());
        if (partitions == null) {
            partitions = TreePMap.empty();
        }
        var plus = topics.plus(place.topic(), partitions.plus(place.partition(), offset));
        return new GroupsState(groups, offsets.plus(place.group(), plus), pending, alarms);
    }

    GroupsState withoutOffset(String group, String topic, int partition) {
        GroupsState kept = with(pending.overtaken(new Place(group, topic, partition)));
        var topics = offsetsOf(group);
        var partitions = topics.get(topic);
        if (partitions == null) {
            return kept;
        }
        var restPartitions = partitions.minus(partition);
        var restTopics =
                restPartitions.isEmpty() ? topics.minus(topic) : topics.plus(topic, restPartitions);
        return new GroupsState(
                groups,
                restTopics.isEmpty() ? offsets.minus(group) : offsets.plus(group, restTopics),
                kept.pending,
                alarms);
    }

    /** A producer's open transaction will commit a position. */
    GroupsState withPending(long producerId, Place place, CommittedOffset offset) {
        return with(pending.with(producerId, place, offset));
    }

    /** A producer's transaction is over: its positions count from now on, or are forgotten. */
    GroupsState ended(long producerId, boolean committed) {
        GroupsState state = this;
        for (Place place : pending.of(producerId)) {
            CommittedOffset offset = state.pending.offset(producerId, place);
            if (committed && offset != null) {
                state = state.with(state.pending.committed(producerId, place));
                state = state.withGroupFor(place.group()).counting(place, offset);
            } else {
                state = state.with(state.pending.without(producerId, place));
            }
        }
        return state;
    }
}
