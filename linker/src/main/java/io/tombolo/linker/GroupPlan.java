package io.tombolo.linker;

import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.GroupOffsets.SkipReason;
import io.tombolo.region.link.LinkStatus.SkippedOffset;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Decides which committed offsets of a source group are committed here. Pure. */
final class GroupPlan {

    static final int SKIPPED_MAX = 100;

    private static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    /**
     * How far a partition has been copied.
     *
     * @param ready whether its log has been opened here
     */
    record Copied(boolean ready, long highWatermark, long endOffset, int lastEpoch) {}

    /**
     * What both ends have.
     *
     * @param source committed at the source now
     * @param seen committed at the source when it was decided about last; empty the first time
     * @param here committed here
     * @param copied empty for a partition that this link does not mirror
     * @param refresh whether what stays as it is here is committed anew, so that it does not expire
     *     while the group lives at the source
     */
    record Situation(
            Map<TopicPartition, Committed> source,
            Map<TopicPartition, Long> seen,
            Map<TopicPartition, Committed> here,
            Function<TopicPartition, Optional<Copied>> copied,
            boolean refresh) {}

    /**
     * What is to be done.
     *
     * @param seen what to remember: what was not copied yet was not decided about, and a reset that
     *     came meanwhile is still one when it is
     * @param clampedCount partitions whose offset at the source is beyond the copy
     * @param syncedCount partitions that are equal once the commits are done, unclamped
     */
    record Decision(
            Map<TopicPartition, Committed> commits,
            List<SkippedOffset> skipped,
            Map<TopicPartition, Long> seen,
            int clampedCount,
            int syncedCount) {}

    private final Set<Safeguard> safeguards;
    private final boolean propagatesResets;

    GroupPlan(Set<Safeguard> safeguards, boolean propagatesResets) {
        this.safeguards = safeguards;
        this.propagatesResets = propagatesResets;
    }

    Decision decide(Situation situation) {
        var commits = new LinkedHashMap<TopicPartition, Committed>();
        var skipped = new ArrayList<SkippedOffset>();
        var seen = new HashMap<TopicPartition, Long>();
        int clampedCount = 0;
        int syncedCount = 0;
        var ordered = new TreeMap<TopicPartition, Committed>(ORDER);
        ordered.putAll(situation.source);
        for (var entry : ordered.entrySet()) {
            TopicPartition partition = entry.getKey();
            Optional<Copied> copied = situation.copied.apply(partition);
            if (copied.isEmpty() || !copied.get().ready()) {
                skip(skipped, partition, notCopied(copied), "");
                Optional.ofNullable(situation.seen.get(partition))
                        .ifPresent(before -> seen.put(partition, before));
                continue;
            }
            seen.put(partition, entry.getValue().offset());
            Committed wanted = clamp(entry.getValue(), copied.get());
            boolean clamped = wanted.offset() < entry.getValue().offset();
            clampedCount += clamped ? 1 : 0;
            Committed here = situation.here.get(partition);
            if (here != null && here.offset() > wanted.offset()) {
                if (isReset(situation, partition, entry.getValue())) {
                    commits.put(partition, wanted);
                } else {
                    refresh(situation, partition, commits);
                    skip(
                            skipped,
                            partition,
                            SkipReason.AHEAD_HERE,
                            "%d here, %d at the source"
                                    .formatted(here.offset(), entry.getValue().offset()));
                    continue;
                }
            } else if (here == null || here.offset() < wanted.offset()) {
                commits.put(partition, wanted);
            } else {
                refresh(situation, partition, commits);
            }
            syncedCount += clamped ? 0 : 1;
        }
        return new Decision(commits, skipped, seen, clampedCount, syncedCount);
    }

    /** Commits what is committed; not what lies beyond the copy, which is of another topic. */
    private static void refresh(
            Situation situation, TopicPartition partition, Map<TopicPartition, Committed> commits) {
        Committed here = situation.here.get(partition);
        boolean within =
                situation
                        .copied
                        .apply(partition)
                        .filter(copied -> here != null && here.offset() <= copied.highWatermark())
                        .isPresent();
        if (situation.refresh && here != null && within) {
            commits.put(partition, here);
        }
    }

    private static SkipReason notCopied(Optional<Copied> copied) {
        return copied.isEmpty() ? SkipReason.NOT_MIRRORED : SkipReason.NOT_READY;
    }

    /**
     * Never beyond the copy. The leader epoch is kept where the record before the offset is here;
     * one that no copied batch has would make consumers wait for it, so it is left out.
     */
    Committed clamp(Committed source, Copied copied) {
        if (!safeguards.contains(Safeguard.CLAMP)) {
            return source;
        }
        if (source.offset() > copied.highWatermark()) {
            boolean atEnd = copied.highWatermark() == copied.endOffset();
            return new Committed(
                    copied.highWatermark(), atEnd ? copied.lastEpoch() : -1, source.metadata());
        }
        return source.leaderEpoch() > copied.lastEpoch()
                ? new Committed(source.offset(), -1, source.metadata())
                : source;
    }

    /** A value that became smaller at the source was set back by someone. */
    private boolean isReset(Situation situation, TopicPartition partition, Committed source) {
        Long before = situation.seen.get(partition);
        return propagatesResets && before != null && source.offset() < before;
    }

    private static void skip(
            List<SkippedOffset> skipped,
            TopicPartition partition,
            SkipReason reason,
            String detail) {
        if (skipped.size() < SKIPPED_MAX) {
            skipped.add(new SkippedOffset(partition.toString(), reason, detail));
        }
    }
}
