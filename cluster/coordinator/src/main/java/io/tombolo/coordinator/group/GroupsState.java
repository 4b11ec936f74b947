package io.tombolo.coordinator.group;

import io.tombolo.coordinator.group.PendingOffsets.Place;
import io.tombolo.coordinator.group.consumer.ClusterTopics;
import io.tombolo.coordinator.group.consumer.ConsumerGroup;
import io.tombolo.coordinator.runtime.Alarms;

import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

import java.util.Optional;

/**
 * All groups of one partition of the offsets topic; an immutable value.
 *
 * @param groups of the classic protocol, and those that only store offsets, by id
 * @param consumers groups of the consumer protocol, by id; none of them is among the others
 * @param offsets committed, by group, topic and partition; no empty maps in it
 * @param pending what open transactions will commit
 * @param topics as they were known last; not stored
 * @param alarms deadlines; not stored
 */
public record GroupsState(
        TreePMap<String, ClassicGroup> groups,
        TreePMap<String, ConsumerGroup> consumers,
        TreePMap<String, TreePMap<String, TreePMap<Integer, CommittedOffset>>> offsets,
        PendingOffsets pending,
        ClusterTopics topics,
        Alarms<GroupAlarm> alarms) {

    static final GroupsState EMPTY =
            new GroupsState(
                    TreePMap.empty(),
                    TreePMap.empty(),
                    TreePMap.empty(),
                    PendingOffsets.NONE,
                    ClusterTopics.UNKNOWN,
                    Alarms.none());

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

    /** With this group, instead of any of the same id. */
    GroupsState with(ClassicGroup group) {
        return with(groups.plus(group.id(), group), consumers.minus(group.id()));
    }

    /** With this group, instead of any of the same id. */
    GroupsState with(ConsumerGroup group) {
        return with(groups.minus(group.id()), consumers.plus(group.id(), group));
    }

    GroupsState withoutGroup(String id) {
        return with(groups.minus(id), consumers.minus(id));
    }

    private GroupsState with(
            TreePMap<String, ClassicGroup> classic, TreePMap<String, ConsumerGroup> consumer) {
        return new GroupsState(classic, consumer, offsets, pending, topics, alarms);
    }

    GroupsState with(Alarms<GroupAlarm> next) {
        return new GroupsState(groups, consumers, offsets, pending, topics, next);
    }

    /** Knowing these topics, unless it knows newer ones. */
    GroupsState with(ClusterTopics known) {
        return known.version() <= topics.version()
                ? this
                : new GroupsState(groups, consumers, offsets, pending, known, alarms);
    }

    private GroupsState with(PendingOffsets next) {
        return new GroupsState(groups, consumers, offsets, next, topics, alarms);
    }

    private GroupsState with(
            TreePMap<String, TreePMap<String, TreePMap<Integer, CommittedOffset>>> committed,
            PendingOffsets next) {
        return new GroupsState(groups, consumers, committed, next, topics, alarms);
    }

    boolean exists(String id) {
        return groups.containsKey(id) || consumers.containsKey(id);
    }

    /** Whoever commits without being a member makes a group that only stores offsets. */
    GroupsState withGroupFor(String id) {
        return exists(id) ? this : with(ClassicGroup.empty(id));
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
        return with(offsets.plus(place.group(), plus), pending);
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
        return with(
                restTopics.isEmpty() ? offsets.minus(group) : offsets.plus(group, restTopics),
                kept.pending);
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
