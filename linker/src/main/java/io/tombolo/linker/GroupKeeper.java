package io.tombolo.linker;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.linker.source.SourceCluster;
import io.tombolo.linker.source.SourceNode;
import io.tombolo.region.link.GroupOffsets;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.GroupOffsets.SkipReason;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.GroupStatus;
import io.tombolo.region.link.LinkStatus.SkippedOffset;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Copies the committed offsets of those of the source's groups that this broker keeps, round by
 * round. A round asks every source broker for the groups that it coordinates; one that does not
 * answer holds up only its own groups. No group gets ahead of the copies of its partitions, whoever
 * leads them. Mutable; owned by the loop of the link.
 */
final class GroupKeeper {

    private static final int GROUPS_PER_CALL = 50;

    /** What may be over by the next round although nothing moves at the source. */
    private static final Set<SkipReason> MAY_COME =
            EnumSet.of(SkipReason.NOT_READY, SkipReason.NOT_MIRRORED);

    /** What is remembered of one group. */
    private static final class Known {
        private Map<TopicPartition, Long> seen = Map.of();
        private List<SkippedOffset> skipped = List.of();
        private int syncedCount;
        private int clampedCount;
        private long syncedNanos;
        private long refreshedNanos;
        private boolean refreshing;
        private boolean everSynced;
        private boolean complete;
        private long round;
    }

    private final LinkScope scope;
    private final SourceCluster cluster;
    private final Function<TopicPartition, Optional<GroupPlan.Copied>> copied;
    private final TreeMap<String, Known> groups = new TreeMap<>();
    private LinkTimers.Pending next;
    private Duration interval = Duration.ZERO;
    private boolean running;
    private int pending;
    private boolean roundIncomplete;
    private long round;

    GroupKeeper(
            LinkScope scope,
            SourceCluster cluster,
            Function<TopicPartition, Optional<GroupPlan.Copied>> copied) {
        this.scope = scope;
        this.cluster = cluster;
        this.copied = copied;
        this.next = scope.timers().none();
    }

    /**
     * Begins the rounds, or goes on with them as the specification has them now: at another pace,
     * not at all, or without the groups that it leaves out. Repeatable.
     */
    void follow() {
        Duration desired = scope.spec().settings().syncOffsets();
        groups.keySet().removeIf(group -> !isWanted(group));
        if (!running || !desired.equals(interval)) {
            running = true;
            interval = desired;
            plan();
        }
    }

    private boolean isWanted(String group) {
        return !scope.spec().settings().syncOffsets().isZero()
                && scope.spec().selection().groups().includes(group);
    }

    /** Ends the rounds; one that is under way commits nothing more. Repeatable. */
    void stop() {
        running = false;
        next.cancel();
        groups.clear();
    }

    List<GroupStatus> status() {
        var status = new ArrayList<GroupStatus>(groups.size());
        groups.forEach((name, known) ->
                status.add(
                        new GroupStatus(
                                name,
                                known.syncedCount,
                                known.clampedCount,
                                known.everSynced
                                        ? TimeUnit.NANOSECONDS.toMillis(
                                                scope.now() - known.syncedNanos)
                                        : -1,
                                known.skipped)));
        return status;
    }

    private void plan() {
        next.cancel();
        if (running && !interval.isZero()) {
            next = scope.timers().after(interval.toNanos(), this::round);
        }
    }

    private void round() {
        if (scope.spec().intent().paused() || pending > 0) {
            plan();
            return;
        }
        round++;
        roundIncomplete = false;
        pending = 1;
        for (SourceNode node : List.copyOf(cluster.brokers())) {
            pending++;
            SourceGroups.list(
                    node,
                    scope.spec().selection().groups(),
                    listed -> {
                        fetch(node, listed.values().stream().toList());
                        done();
                    },
                    _ -> {
                        roundIncomplete = true;
                        done();
                    });
        }
        done();
    }

    private void done() {
        if (--pending > 0) {
            return;
        }
        if (!roundIncomplete) {
            groups.values().removeIf(known -> known.round != round);
        }
        plan();
    }

    private void fetch(SourceNode node, List<SourceGroups.Listed> listed) {
        var copyable = new ArrayList<String>();
        for (SourceGroups.Listed group : listed) {
            if (!isWanted(group.group()) || !scope.host().groups().keeps(group.group())) {
                continue; // nobody's any more, or another broker's
            }
            Known known = known(group.group());
            if (group.copyable()) {
                copyable.add(group.group());
            } else {
                skip(known, SkipReason.UNSUPPORTED_KIND, group.kind());
            }
        }
        for (int from = 0; from < copyable.size(); from += GROUPS_PER_CALL) {
            var part = copyable.subList(from, Math.min(copyable.size(), from + GROUPS_PER_CALL));
            pending++;
            SourceGroups.offsets(
                    node,
                    part,
                    entry -> fetched(entry.getKey(), entry.getValue(), new TreeSet<>(part)),
                    failure -> {
                        roundIncomplete |= failure.isPresent();
                        done();
                    });
        }
    }

    private Known known(String group) {
        Known known = groups.computeIfAbsent(group, _ -> new Known());
        known.round = round;
        return known;
    }

    private void fetched(String group, SourceGroups.Fetched fetched, TreeSet<String> asked) {
        if (!running || !isWanted(group) || !asked.contains(group)) {
            return;
        }
        Known known = known(group);
        switch (fetched) {
            case SourceGroups.Fetched.Refused(Reason reason) ->
                    skip(known, SkipReason.SOURCE_REFUSED, reason.toString());
            case SourceGroups.Fetched.Offsets(var offsets) ->
                    compare(group, known, asCopies(offsets));
        }
    }

    /** The positions in the copies: offsets are the same, names need not be. */
    private Map<TopicPartition, Committed> asCopies(Map<TopicPartition, Committed> source) {
        var renaming = scope.spec().selection().renaming();
        var here = new HashMap<TopicPartition, Committed>();
        source.forEach((partition, committed) ->
                here.put(
                        new TopicPartition(
                                renaming.copyOf(partition.topic()), partition.partition()),
                        committed));
        return here;
    }

    private void compare(String group, Known known, Map<TopicPartition, Committed> source) {
        var values = new HashMap<TopicPartition, Long>();
        source.forEach((partition, committed) -> values.put(partition, committed.offset()));
        if (known.complete && values.equals(known.seen) && !looksHere(group)) {
            synced(known); // nothing has moved since everything was equal
            return;
        }
        pending++;
        scope.host()
                .groups()
                .committed(
                        group,
                        answer -> {
                            switch (answer) {
                                case GroupOffsets.Offsets(var here) ->
                                        locate(
                                                source.keySet(),
                                                found ->
                                                        decide(
                                                                group,
                                                                known,
                                                                new Compared(source, here, found)));
                                case GroupOffsets.Unavailable(var detail) ->
                                        skip(known, SkipReason.REFUSED_HERE, detail);
                            }
                            done();
                        });
    }

    /** What has not moved at the source may have been deleted here, or be about to expire. */
    private boolean looksHere(String group) {
        return scope.safeguards().contains(Safeguard.STANDSTILL)
                && GroupTurns.looksAt(group, round, scope.spec().settings().syncOffsets());
    }

    private boolean refreshDue(Known known) {
        return known.everSynced
                && scope.now() - known.refreshedNanos >= refreshNanos()
                && scope.safeguards().contains(Safeguard.STANDSTILL);
    }

    private long refreshNanos() {
        return GroupTurns.refreshNanos(scope.host().groups().retention());
    }

    /** What is committed at both ends, and where the copies are that other brokers lead. */
    private record Compared(
            Map<TopicPartition, Committed> source,
            Map<TopicPartition, Committed> here,
            Map<TopicPartition, GroupPlan.Copied> elsewhere) {}

    /** Finds out where the copies stand that other brokers of this region lead. */
    private void locate(
            Set<TopicPartition> partitions, Consumer<Map<TopicPartition, GroupPlan.Copied>> then) {
        var found = new HashMap<TopicPartition, GroupPlan.Copied>();
        var ids = new HashMap<String, Uuid>();
        for (MirrorTopic mirror : scope.host().admin().mirrorTopics(scope.spec().name())) {
            ids.put(mirror.name(), mirror.topicId());
        }
        var open = new int[] {1};
        Runnable one =
                () -> {
                    if (--open[0] == 0) {
                        then.accept(found);
                        done();
                    }
                };
        pending++;
        for (TopicPartition partition : partitions) {
            Uuid id = ids.get(partition.topic());
            if (id == null || copied.apply(partition).isPresent()) {
                continue;
            }
            open[0]++;
            scope.host()
                    .mirrorLog()
                    .copyElsewhere(
                            new LinkPartition(id, partition.topic(), partition.partition()),
                            answer -> {
                                found.put(partition, copiedAt(answer));
                                one.run();
                            });
        }
        one.run();
    }

    private static GroupPlan.Copied copiedAt(MirrorLog.PositionAnswer answer) {
        return switch (answer) {
            case MirrorLog.Opened(var position) ->
                    new GroupPlan.Copied(
                            true,
                            position.highWatermark(),
                            position.endOffset(),
                            position.lastEpoch());
            case MirrorLog.Failed _ -> new GroupPlan.Copied(false, -1, -1, -1);
        };
    }

    private void decide(String group, Known known, Compared compared) {
        if (!running || !isWanted(group)) {
            return;
        }
        Map<TopicPartition, Committed> source = compared.source();
        var plan = new GroupPlan(scope.safeguards(), scope.spec().settings().propagateResets());
        known.refreshing = refreshDue(known);
        GroupPlan.Decision decision =
                plan.decide(
                        new GroupPlan.Situation(
                                source,
                                known.seen,
                                compared.here(),
                                partition ->
                                        copied.apply(partition)
                                                .or(() ->
                                                        Optional.ofNullable(
                                                                compared.elsewhere()
                                                                        .get(partition))),
                                known.refreshing));
        if (decision.commits().isEmpty()) {
            settle(group, known, decision);
            return;
        }
        pending++;
        scope.host()
                .groups()
                .commit(
                        group,
                        decision.commits(),
                        scope.spec().intent().ownershipEpoch(),
                        answer -> {
                            switch (answer) {
                                case GroupOffsets.Stored _ -> settle(group, known, decision);
                                case GroupOffsets.Skipped(var reason, var detail) ->
                                        skip(known, reason, detail);
                                case GroupOffsets.Unavailable(var detail) ->
                                        skip(known, SkipReason.REFUSED_HERE, detail);
                            }
                            done();
                        });
    }

    private void settle(String group, Known known, GroupPlan.Decision decision) {
        if (known.refreshing) {
            known.refreshedNanos = scope.now();
        } else if (!known.everSynced) {
            known.refreshedNanos = scope.now() - GroupTurns.headStartNanos(group, refreshNanos());
        }
        known.seen = decision.seen();
        known.skipped = decision.skipped();
        known.syncedCount = decision.syncedCount();
        known.clampedCount = decision.clampedCount();
        known.complete =
                decision.clampedCount() == 0
                        && decision.skipped().stream()
                                .noneMatch(skipped -> MAY_COME.contains(skipped.reason()));
        synced(known);
    }

    private void synced(Known known) {
        known.everSynced = true;
        known.syncedNanos = scope.now();
    }

    private static void skip(Known known, SkipReason reason, String detail) {
        known.skipped = List.of(new SkippedOffset("*", reason, detail));
        known.complete = false;
    }
}
