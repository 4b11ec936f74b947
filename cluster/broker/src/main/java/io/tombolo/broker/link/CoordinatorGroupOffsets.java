package io.tombolo.broker.link;

import io.tombolo.coordinator.group.CommittedOffset;
import io.tombolo.coordinator.group.GroupCommand.MirroredCommit;
import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.environment.EventLoop;
import io.tombolo.region.link.GroupOffsets;

import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * Committed offsets of this region's groups, for a link that works on {@code loop}.
 *
 * @param kept whether this broker leads the partition of the offsets topic that a group lives on
 * @param ownershipEpoch the highest epoch of the link's domain that is known here
 */
record CoordinatorGroupOffsets(
        LinkOffsets offsets, EventLoop loop, Predicate<String> kept, LongSupplier ownershipEpoch)
        implements GroupOffsets {

    @Override
    public boolean keeps(String group) {
        return kept.test(group);
    }

    @Override
    public Duration retention() {
        return offsets.retention();
    }

    @Override
    public void groups(Consumer<SortedSet<String>> answer) {
        offsets.groups(
                loop,
                outcome ->
                        answer.accept(
                                outcome
                                                instanceof
                                                LinkOffsets.Outcome.Known<SortedSet<String>>(
                                                        var groups)
                                        ? groups
                                        : new TreeSet<>()));
    }

    @Override
    public void committed(String group, Consumer<ReadAnswer> answer) {
        offsets.fetchGroupOffsets(
                loop,
                group,
                outcome ->
                        answer.accept(
                                switch (outcome) {
                                    case LinkOffsets.Outcome.Known<
                                                    Map<TopicPartition, CommittedOffset>>(
                                                    var known) ->
                                            new Offsets(committed(known));
                                    case LinkOffsets.Outcome.Unavailable<
                                                    Map<TopicPartition, CommittedOffset>>(
                                                    var error) ->
                                            new Unavailable(error.message());
                                }));
    }

    private static Map<TopicPartition, Committed> committed(
            Map<TopicPartition, CommittedOffset> known) {
        var committed = new HashMap<TopicPartition, Committed>();
        known.forEach((partition, offset) ->
                committed.put(
                        partition,
                        new Committed(offset.offset(), offset.leaderEpoch(), offset.metadata())));
        return committed;
    }

    @Override
    public void commit(
            String group,
            Map<TopicPartition, Committed> wanted,
            long epoch,
            Consumer<CommitAnswer> answer) {
        if (epoch < ownershipEpoch.getAsLong()) {
            answer.accept(
                    new Skipped(
                            SkipReason.OWNERSHIP_STALE,
                            "ownership epoch %d is over".formatted(epoch)));
            return;
        }
        var commits = new HashMap<TopicPartition, CommittedOffset>();
        wanted.forEach((partition, offset) ->
                commits.put(
                        partition,
                        CommittedOffset.at(
                                offset.offset(), offset.leaderEpoch(), offset.metadata())));
        offsets.commitMirroredOffsets(loop, group, commits, outcome -> answer.accept(of(outcome)));
    }

    private static CommitAnswer of(MirroredCommit outcome) {
        return switch (outcome) {
            case MirroredCommit.Stored _ -> new Stored();
            case MirroredCommit.InUse(int memberCount) ->
                    new Skipped(
                            SkipReason.ACTIVE_HERE, memberCount + " members use the group here");
            case MirroredCommit.Unavailable(var error) -> new Unavailable(error.message());
        };
    }
}
