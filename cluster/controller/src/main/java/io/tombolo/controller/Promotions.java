package io.tombolo.controller;

import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.ClampMirrorOffsets;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.Promotion;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.controller.handover.LineageSteps;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.MirrorOffsetsClamped;
import io.tombolo.metadata.record.LinkRecord.MirrorPartitionSettled;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsAborted;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsCompared;
import io.tombolo.metadata.record.LinkRecord.MirrorTransactionsFound;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.RegionRecord.RegionIdentity;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic.State;

import org.apache.kafka.common.Uuid;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Promotes mirror topics step by step, so that no client ever meets a topic that is writable on one
 * broker and still mirrored on another, nor a group beyond the end of its copy: all stop copying
 * first; then the leaders tell where each partition ended, and which transactions are open there;
 * then the coordinators bring their groups within these ends. Who brings the last piece of a topic
 * makes it writable, with leader epochs above all that were mirrored; only partitions with open
 * transactions wait until their leaders have aborted these, in those epochs. All of it is in the
 * metadata, so it does not matter which broker dies, or leads, in the middle.
 *
 * <p>A mirror that the link's filter leaves out by now stays one: nothing keeps its source from
 * writing to it.
 */
final class Promotions {

    /** The topic of committed offsets, as everywhere in Kafka. */
    private static final String OFFSETS_TOPIC = "__consumer_offsets";

    private Promotions() {}

    static ControllerResult<SortedSet<PartitionId>> begin(
            BeginPromotion command, MetadataImage tip) {
        var records = new ArrayList<List<MetadataRecord>>();
        SortedSet<PartitionId> wanted = new TreeSet<>();
        for (MirrorRegistration mirror : tip.movingWith(command.link())) {
            if (mirror.state() == State.STOPPED) {
                continue;
            }
            wanted.addAll(partitions(mirror.topicId(), tip));
            if (mirror.state() != State.STOPPING) {
                records.add(
                        List.of(
                                new MirrorTopicStateChanged(
                                        mirror.topicId(), State.STOPPING, command.cause())));
            }
        }
        return ControllerResult.inBatches(wanted, records);
    }

    static ControllerResult<Applied> settle(SettleMirrorPartitions command, MetadataImage tip) {
        var byTopic = new TreeMap<Uuid, List<MetadataRecord>>();
        for (Map.Entry<PartitionId, Settled> one : command.settled().entrySet()) {
            PartitionId id = one.getKey();
            Settled settled = one.getValue();
            boolean news =
                    stopping(id.topicId(), command.link(), tip)
                            .filter(mirror -> !isSettled(mirror, id.index(), command))
                            .isPresent();
            boolean leads =
                    tip.topics()
                            .partition(id)
                            .filter(partition -> partition.leaderEpoch() == settled.leaderEpoch())
                            .isPresent();
            if (news && leads) {
                byTopic.computeIfAbsent(id.topicId(), _ -> new ArrayList<>())
                        .addAll(settled(id, settled, command.ownershipEpoch()));
            }
        }
        return applied(command.link(), new ArrayList<>(byTopic.values()), byTopic.keySet(), tip);
    }

    /** Of a copy that may still lose its tail, it may also lose the end of a transaction. */
    private static List<MetadataRecord> settled(PartitionId id, Settled settled, long epoch) {
        var end = new MirrorPartitionSettled(id.topicId(), id.index(), epoch, settled.end());
        return settled.open().count() == 0 && settled.end().complete()
                ? List.of(end)
                : List.of(
                        end,
                        new MirrorTransactionsFound(
                                id.topicId(), id.index(), epoch, settled.open()));
    }

    private static boolean isSettled(
            MirrorRegistration mirror, int index, SettleMirrorPartitions command) {
        return mirror.promotion().ownershipEpoch() == command.ownershipEpoch()
                && mirror.promotion().endOf(index).isPresent();
    }

    static ControllerResult<Applied> clamp(ClampMirrorOffsets command, MetadataImage tip) {
        boolean leads =
                tip.topics()
                        .topic(OFFSETS_TOPIC)
                        .flatMap(topic ->
                                tip.topics()
                                        .partition(topic.partitionId(command.offsetsPartition())))
                        .filter(partition -> partition.leaderEpoch() == command.leaderEpoch())
                        .isPresent();
        SortedSet<Uuid> topics = new TreeSet<>();
        for (Uuid id : command.clamped().topicIds()) {
            stopping(id, command.link(), tip)
                    .filter(mirror ->
                            mirror.promotion().ownershipEpoch() == command.ownershipEpoch())
                    .filter(mirror -> allSettled(mirror, tip))
                    .filter(mirror ->
                            !mirror.promotion().clamped().containsKey(command.offsetsPartition()))
                    .ifPresent(_ -> topics.add(id));
        }
        if (!leads || topics.isEmpty()) {
            return ControllerResult.done(new Applied());
        }
        List<MetadataRecord> records =
                List.of(
                        new MirrorOffsetsClamped(
                                topics,
                                command.offsetsPartition(),
                                command.clamped().positions().stream()
                                        .filter(one -> topics.contains(one.topicId()))
                                        .toList()));
        return applied(command.link(), List.of(records), topics, tip);
    }

    /** The records, and behind them those that make topics writable for which all is done now. */
    private static ControllerResult<Applied> applied(
            LinkName link,
            List<List<MetadataRecord>> batches,
            Iterable<Uuid> topics,
            MetadataImage tip) {
        MetadataImage next =
                tip.apply(batches.stream().flatMap(List::stream).toList(), tip.place()).image();
        var all = new ArrayList<>(batches);
        for (Uuid id : topics) {
            stopping(id, link, next)
                    .filter(mirror -> allSettled(mirror, next) && allClamped(mirror, next))
                    .ifPresent(mirror -> all.add(stopped(mirror, next)));
        }
        return ControllerResult.inBatches(new Applied(), all);
    }

    static ControllerResult<Promotion> complete(CompletePromotion command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        SortedSet<Uuid> stopped = new TreeSet<>();
        SortedSet<PartitionId> unsettled = new TreeSet<>();
        for (MirrorRegistration mirror : tip.movingWith(command.link())) {
            if (mirror.state() == State.STOPPED) {
                stopped.add(mirror.topicId());
            } else if (mirror.state() == State.STOPPING) {
                stopped.add(mirror.topicId());
                SortedSet<PartitionId> missing = missing(mirror, tip);
                unsettled.addAll(missing);
                var records = new ArrayList<MetadataRecord>();
                missing.forEach(id -> records.add(unknown(id, command.ownershipEpoch())));
                records.addAll(stopped(mirror, tip));
                batches.add(records);
            }
        }
        return ControllerResult.inBatches(new Promotion(stopped, unsettled), batches);
    }

    private static MirrorTransactionsFound unknown(PartitionId id, long ownershipEpoch) {
        return new MirrorTransactionsFound(
                id.topicId(), id.index(), ownershipEpoch, OpenTransactions.UNKNOWN);
    }

    static ControllerResult<Applied> abort(AbortMirrorTransactions command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        command.partitions()
                .forEach((id, step) -> {
                    Optional<MirrorRegistration> mirror = taken(id, command.link(), tip);
                    if (leads(id, step.leaderEpoch(), tip) && mirror.isPresent()) {
                        batches.add(aborted(id, step, mirror.get(), command.ownershipEpoch()));
                    }
                });
        return ControllerResult.inBatches(new Applied(), batches);
    }

    private static List<MetadataRecord> aborted(
            PartitionId id, Aborting step, MirrorRegistration mirror, long ownershipEpoch) {
        Optional<OpenTransactions> known = mirror.promotion().toAbort(id.index());
        var records = new ArrayList<MetadataRecord>();
        if (known.isPresent() && !known.get().covers(step.found())) {
            records.add(
                    new MirrorTransactionsFound(
                            id.topicId(),
                            id.index(),
                            ownershipEpoch,
                            known.get().and(step.found())));
        }
        if (known.isPresent() && step.done()) {
            records.add(new MirrorTransactionsAborted(id.topicId(), id.index()));
        }
        return records;
    }

    static ControllerResult<Applied> compare(CompareMirrorTransactions command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        command.partitions()
                .forEach((id, compared) -> {
                    boolean leads = leads(id, compared.leaderEpoch(), tip);
                    boolean news =
                            taken(id, command.link(), tip)
                                    .map(one -> one.promotion().compared())
                                    .filter(known -> !known.containsKey(id.index()))
                                    .isPresent();
                    if (leads && news) {
                        batches.add(
                                List.of(
                                        new MirrorTransactionsCompared(
                                                id.topicId(), id.index(), compared.torn())));
                    }
                });
        return ControllerResult.inBatches(new Applied(), batches);
    }

    private static boolean leads(PartitionId id, int leaderEpoch, MetadataImage tip) {
        return tip.topics()
                .partition(id)
                .filter(one -> one.leaderEpoch() == leaderEpoch)
                .isPresent();
    }

    /** The topic of a partition, when it was a mirror of the link and is writable by now. */
    private static Optional<MirrorRegistration> taken(
            PartitionId id, LinkName link, MetadataImage tip) {
        return tip.links()
                .mirrorTopic(id.topicId())
                .filter(MirrorRegistration::writable)
                .filter(one -> one.link().equals(link));
    }

    /** The record that raises a leader epoch, unless it is as high already. */
    static Optional<PartitionChanged> raised(
            PartitionId id, PartitionRegistration partition, int atLeast) {
        if (partition.leaderEpoch() >= atLeast) {
            return Optional.empty();
        }
        return Optional.of(
                new PartitionChanged(
                        id.topicId(),
                        id.index(),
                        partition.partitionEpoch() + 1,
                        List.of(new PartitionChange.LeaderEpoch(atLeast))));
    }

    /**
     * Makes a topic writable. The epochs of a leadership are never below those of the batches in
     * its log, so the next one is above them all, whether it is known where the copy ended or not;
     * and above all that clients have seen of the region that owned it before.
     */
    private static List<MetadataRecord> stopped(MirrorRegistration mirror, MetadataImage tip) {
        TopicImage topic = tip.topics().topic(mirror.topicId()).orElseThrow();
        long ownershipEpoch =
                tip.region().ownershipOf(mirror.domain()).map(OwnershipRecord::epoch).orElse(0L);
        var records = new ArrayList<MetadataRecord>();
        topic.partitions()
                .forEach((index, partition) -> {
                    int mirrored =
                            mirror.promotion().endOf(index).map(CopyEnd::highestEpoch).orElse(-1);
                    int above = Math.max(partition.leaderEpoch(), mirrored) + 1;
                    int first = LeaderEpochs.firstAbove(above, ownershipEpoch);
                    PartitionId id = topic.partitionId(index);
                    raised(id, partition, first).ifPresent(records::add);
                    int leaderEpoch = Math.max(first, partition.leaderEpoch());
                    records.addAll(lineage(mirror, id, ownershipEpoch, leaderEpoch, tip));
                });
        records.add(new MirrorTopicStateChanged(topic.id(), State.STOPPED, mirror.reason()));
        return records;
    }

    /** From the end of its copy on a partition is written to here. */
    private static List<MetadataRecord> lineage(
            MirrorRegistration mirror,
            PartitionId id,
            long ownershipEpoch,
            int leaderEpoch,
            MetadataImage tip) {
        int index = id.index();
        long start = mirror.promotion().endOf(index).map(CopyEnd::endOffset).orElse(-1L);
        long begun = mirror.origin().startOf(index);
        var self = tip.region().identity().map(RegionIdentity::region);
        var source = tip.links().link(mirror.link()).map(one -> one.definition().sourceRegion());
        if (self.isEmpty() || source.isEmpty()) {
            return List.of();
        }
        var reign = new Reign(ownershipEpoch, self.get(), start, leaderEpoch);
        return LineageSteps.extend(id, source.get(), begun, reign, tip);
    }

    private static boolean allSettled(MirrorRegistration mirror, MetadataImage tip) {
        return missing(mirror, tip).isEmpty();
    }

    private static SortedSet<PartitionId> missing(MirrorRegistration mirror, MetadataImage tip) {
        SortedSet<PartitionId> missing = partitions(mirror.topicId(), tip);
        missing.removeIf(id -> mirror.promotion().endOf(id.index()).isPresent());
        return missing;
    }

    private static boolean allClamped(MirrorRegistration mirror, MetadataImage tip) {
        int count =
                tip.topics()
                        .topic(OFFSETS_TOPIC)
                        .map(topic -> topic.partitions().count())
                        .orElse(0);
        return mirror.promotion().clamped().size() >= count;
    }

    private static Optional<MirrorRegistration> stopping(
            Uuid topicId, LinkName link, MetadataImage tip) {
        return tip.links()
                .mirrorTopic(topicId)
                .filter(mirror -> mirror.link().equals(link) && mirror.state() == State.STOPPING)
                .filter(mirror -> !tip.leavesOut(mirror));
    }

    private static SortedSet<PartitionId> partitions(Uuid topicId, MetadataImage tip) {
        TopicImage topic = tip.topics().topic(topicId).orElseThrow();
        var ids = new TreeSet<PartitionId>();
        for (int index = 0; index < topic.partitions().count(); index++) {
            ids.add(topic.partitionId(index));
        }
        return ids;
    }
}
