package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.group.GroupQueries;
import io.tombolo.coordinator.group.GroupsState;
import io.tombolo.coordinator.runtime.Gathered;
import io.tombolo.coordinator.runtime.Reply;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Committed offsets as links copy them between regions. Every call names the loop it comes from and
 * is answered there exactly once, perhaps before it returns.
 */
public final class LinkOffsets {

    private final Partitions partitions;
    private final TopicLookup topics;
    private final Duration retention;

    LinkOffsets(Partitions partitions, TopicLookup topics, Duration retention) {
        this.partitions = partitions;
        this.topics = topics;
        this.retention = retention;
    }

    /** How long offsets of a group without members are kept after they were committed. */
    public Duration retention() {
        return retention;
    }

    /** A position of a group that lies beyond the end of a log. */
    public record Beyond(String group, TopicPartition partition, long offset) {}

    /** What became of a question about offsets. */
    public sealed interface Outcome<T> {

        /** The answer. */
        record Known<T>(T value) implements Outcome<T> {}

        /** The coordinator is not here, or cannot answer now. */
        record Unavailable<T>(Errors error) implements Outcome<T> {}
    }

    /**
     * Whether all of these partitions of {@code __consumer_offsets} are led here and have been
     * loaded. Until then {@link #groups} passes over those of them that this broker has yet to be
     * told that it leads.
     */
    public void loaded(EventLoop caller, SortedSet<Integer> wanted, Consumer<Boolean> answer) {
        var gathered =
                new Gathered<Boolean>(
                        wanted.size(), all -> answer.accept(!all.contains(Boolean.FALSE)));
        int place = 0;
        for (int partition : wanted) {
            int index = place++;
            partitions.<Boolean>read(
                    partition,
                    caller,
                    _ -> true,
                    Reply.of(loaded -> gathered.put(index, loaded), _ -> false));
        }
    }

    /** The partition of {@code __consumer_offsets} that a group lives on; callable anywhere. */
    public int partitionOf(String group) {
        return partitions.of(group);
    }

    /** The groups coordinated here that have committed offsets. */
    public void groups(EventLoop caller, Consumer<Outcome<SortedSet<String>>> answer) {
        onAll(
                caller,
                GroupQueries::groupsWithOffsets,
                parts -> {
                    SortedSet<String> groups = new TreeSet<>();
                    parts.forEach(groups::addAll);
                    return groups;
                },
                answer);
    }

    /** Everything a group has committed; empty for a group that does not exist. */
    public void fetchGroupOffsets(
            EventLoop caller,
            String group,
            Consumer<Outcome<Map<TopicPartition, CommittedOffset>>> answer) {
        partitions.read(
                partitions.of(group),
                caller,
                state ->
                        (Outcome<Map<TopicPartition, CommittedOffset>>)
                                new Outcome.Known<>(GroupQueries.committed(state, group)),
                Reply.of(answer, Outcome.Unavailable::new));
    }

    /**
     * Commits offsets for a group that has no members here; all of them or none. The group is made
     * if it does not exist. Offsets may go back: that is for the link to decide. Commit time and
     * topic id are filled in.
     */
    public void commitMirroredOffsets(
            EventLoop caller,
            String group,
            Map<TopicPartition, CommittedOffset> offsets,
            Consumer<MirroredCommit> answer) {
        Map<TopicPartition, CommittedOffset> known = new HashMap<>();
        for (var entry : offsets.entrySet()) {
            TopicPartition partition = entry.getKey();
            if (partition.partition() < 0
                    || partition.partition() >= topics.partitionCount(partition.topic())) {
                answer.accept(new MirroredCommit.Unavailable(Errors.UNKNOWN_TOPIC_OR_PARTITION));
                return;
            }
            Uuid topicId = topics.idOf(partition.topic()).orElse(Uuid.ZERO_UUID);
            known.put(partition, entry.getValue().stamped(-1, topicId));
        }
        if (!GroupMembership.isName(group)) {
            answer.accept(new MirroredCommit.Unavailable(Errors.INVALID_GROUP_ID));
            return;
        }
        partitions.write(
                partitions.of(group),
                caller,
                ticket -> new GroupCommand.CommitMirrored(group, known, ticket),
                Reply.of(answer, MirroredCommit.Unavailable::new));
    }

    /**
     * At a failover: no group of this partition of {@code __consumer_offsets} may stand beyond
     * these log ends; positions that do are committed anew at the end, without a leader epoch.
     * Groups with members are clamped as well. Repeating it is harmless.
     *
     * @param answer how many positions were moved; unavailable with NOT_COORDINATOR when the
     *     partition is not led here, and with anything else when it must be repeated
     */
    public void clampOffsets(
            EventLoop caller,
            int partition,
            Map<TopicPartition, Long> logEndOffsets,
            Consumer<Outcome<Integer>> answer) {
        clamp(caller, partition, Map.copyOf(logEndOffsets), 0, answer);
    }

    /** The positions of groups of one partition that stand beyond these log ends. */
    public void beyond(
            EventLoop caller,
            int partition,
            Map<TopicPartition, Long> logEndOffsets,
            Consumer<Outcome<List<Beyond>>> answer) {
        Map<TopicPartition, Long> ends = Map.copyOf(logEndOffsets);
        partitions.<Outcome<List<Beyond>>>read(
                partition,
                caller,
                state -> new Outcome.Known<>(beyond(state, ends)),
                Reply.of(answer, Outcome.Unavailable::new));
    }

    private static List<Beyond> beyond(GroupsState state, Map<TopicPartition, Long> ends) {
        var beyond = new ArrayList<Beyond>();
        for (String group : GroupQueries.groupsWithOffsets(state)) {
            GroupQueries.committed(state, group)
                    .forEach((partition, committed) -> {
                        if (committed.offset() > ends.getOrDefault(partition, Long.MAX_VALUE)) {
                            beyond.add(new Beyond(group, partition, committed.offset()));
                        }
                    });
        }
        return beyond;
    }

    private void clamp(
            EventLoop caller,
            int partition,
            Map<TopicPartition, Long> ends,
            int movedBefore,
            Consumer<Outcome<Integer>> answer) {
        partitions.<GroupCommand.Stretch<Integer>>order(
                partition,
                caller,
                ticket -> new GroupCommand.Clamp(ends, ticket),
                new Reply<>() {
                    @Override
                    public void answer(GroupCommand.Stretch<Integer> swept) {
                        int moved = movedBefore + swept.result();
                        if (swept.more()) {
                            clamp(caller, partition, ends, moved, answer);
                        } else {
                            answer.accept(new Outcome.Known<>(moved));
                        }
                    }

                    @Override
                    public void refuse(Errors error) {
                        answer.accept(new Outcome.Unavailable<>(error));
                    }
                });
    }

    private <T> void onAll(
            EventLoop caller,
            Function<GroupsState, T> query,
            Function<List<T>, T> merge,
            Consumer<Outcome<T>> answer) {
        var gathered =
                new Gathered<Outcome<T>>(
                        partitions.count(), all -> answer.accept(merge(all, merge)));
        for (int partition = 0; partition < partitions.count(); partition++) {
            int place = partition;
            partitions.<Outcome<T>>read(
                    partition,
                    caller,
                    state -> new Outcome.Known<>(query.apply(state)),
                    Reply.of(
                            outcome -> gathered.put(place, outcome),
                            error -> new Outcome.Unavailable<>(error)));
        }
    }

    private static <T> Outcome<T> merge(List<Outcome<T>> parts, Function<List<T>, T> merge) {
        var known = new ArrayList<T>();
        for (Outcome<T> part : parts) {
            switch (part) {
                case Outcome.Known<T>(T value) -> known.add(value);
                case Outcome.Unavailable<T>(Errors error) when error == Errors.NOT_COORDINATOR -> {}
                case Outcome.Unavailable<T> unavailable -> {
                    return unavailable;
                }
            }
        }
        return new Outcome.Known<>(merge.apply(known));
    }
}
