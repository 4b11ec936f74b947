package io.tombolo.controller.failback;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.ConfirmCut;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.controller.command.LinkCommand.Diverged;
import io.tombolo.controller.command.LinkCommand.ReportDivergence;
import io.tombolo.controller.command.Refusal;
import io.tombolo.controller.handover.LineageSteps;
import io.tombolo.metadata.image.LinkRegistration;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.DivergenceExported;
import io.tombolo.metadata.record.LinkRecord.DivergenceFound;
import io.tombolo.metadata.record.LinkRecord.MirrorReturned;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.LinkRecord.ReplicasToCut;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Brings topics back, step by step, as mirrors of what another region has made of them.
 *
 * <pre>
 * the topic here        event                                        becomes
 * lost, or stopped      BeginReturn                                  RETURNING
 * RETURNING             a partition's divergence is reported         the same, reported
 * RETURNING, all        the last partition with a divergence is      the same; all replicas of all
 *   reported            exported, or there is none                   partitions are to be cut
 * RETURNING, to be cut  a broker has cut its replicas                the same, fewer to be cut
 * RETURNING, to be cut  the leader of each partition has cut         MIRRORING
 * </pre>
 *
 * <p>A replica that is to be cut neither leads nor follows before it is, however long its broker
 * was away: leaders of two regions may have used one epoch for different records, so no comparison
 * of epochs would find out later. Each batch raises the leader epochs, which ends what was under
 * way. All of it is in the metadata: whoever dies in the middle is replaced by whoever leads next.
 */
public final class Returns {

    /** What a step comes to: batches of records, or a refusal. */
    private static Answer<List<List<MetadataRecord>>> done(List<List<MetadataRecord>> batches) {
        return new Answer.Done<>(batches);
    }

    private Returns() {}

    public static Answer<List<List<MetadataRecord>>> begin(BeginReturn command, MetadataImage tip) {
        Optional<Refusal> bad = refusal(command.link(), command.ownershipEpoch(), tip);
        if (bad.isPresent()) {
            return bad.get().answer();
        }
        Optional<Refusal> uncut = uncut(command, tip);
        if (uncut.isPresent()) {
            return uncut.get().answer();
        }
        var batches = new ArrayList<List<MetadataRecord>>();
        command.copies()
                .forEach((id, copies) -> {
                    if (isLost(id, command.link(), tip)) {
                        batches.add(
                                List.of(
                                        new MirrorReturned(
                                                id,
                                                command.link(),
                                                command.ownershipEpoch(),
                                                copies)));
                    }
                });
        return done(batches);
    }

    /**
     * A replica that was away since an earlier return has to be cut for that one first: below the
     * next cut it may have records that nobody else has.
     */
    private static Optional<Refusal> uncut(BeginReturn command, MetadataImage tip) {
        return command.copies().keySet().stream()
                .filter(id -> isLost(id, command.link(), tip))
                .flatMap(id -> tip.topics().topic(id).stream())
                .filter(topic -> isUncut(topic, tip))
                .findFirst()
                .map(topic ->
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                ("A broker was away since %s came back last, and has not cut its"
                                                + " replicas: start it, or move them.")
                                        .formatted(topic.name())));
    }

    private static boolean isUncut(TopicImage topic, MetadataImage tip) {
        return restorationOf(topic.id(), tip).cuts().entrySet().stream()
                .anyMatch(cut -> {
                    var replicas = topic.partitions().get(cut.getKey()).replicas();
                    return cut.getValue().pending().asList().stream().anyMatch(replicas::has);
                });
    }

    /** Only an ordinary topic comes back; a mirror of whatever link is one already. */
    private static boolean isLost(Uuid id, LinkName link, MetadataImage tip) {
        return tip.topics()
                .topic(id)
                .filter(topic -> tip.mirrorOf(topic).isEmpty())
                .filter(topic ->
                        tip.domainsOf(topic.name()).stream()
                                .anyMatch(domain -> domain.name().equals(link.name())))
                .isPresent();
    }

    public static Answer<List<List<MetadataRecord>>> report(
            ReportDivergence command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        command.partitions()
                .forEach((id, told) -> {
                    boolean news =
                            returning(id.topicId(), command.link(), command.ownershipEpoch(), tip)
                                    .filter(one -> one.divergenceOf(id.index()).isEmpty())
                                    .isPresent();
                    if (news && leads(id, told, tip)) {
                        batches.add(
                                List.of(
                                        new DivergenceFound(
                                                id.topicId(), id.index(), told.divergence())));
                    }
                });
        return cutting(command.link(), batches, command.partitions().keySet(), tip);
    }

    private static boolean leads(PartitionId id, Diverged told, MetadataImage tip) {
        return tip.topics()
                .partition(id)
                .filter(partition -> partition.leaderEpoch() == told.leaderEpoch())
                .isPresent();
    }

    public static Answer<List<List<MetadataRecord>>> export(
            ConfirmExport command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        command.partitions()
                .forEach((id, where) -> {
                    boolean news =
                            returning(id.topicId(), command.link(), command.ownershipEpoch(), tip)
                                    .filter(one -> one.divergenceOf(id.index()).isPresent())
                                    .filter(one -> !one.exported().containsKey(id.index()))
                                    .isPresent();
                    if (news) {
                        batches.add(
                                List.of(new DivergenceExported(id.topicId(), id.index(), where)));
                    }
                });
        return cutting(command.link(), batches, command.partitions().keySet(), tip);
    }

    /** The records, and behind them those that have topics cut of which nothing is lost by it. */
    private static Answer<List<List<MetadataRecord>>> cutting(
            LinkName link,
            List<List<MetadataRecord>> batches,
            Iterable<PartitionId> partitions,
            MetadataImage tip) {
        MetadataImage next = after(batches, tip);
        var all = new ArrayList<>(batches);
        for (Uuid id : topicsOf(partitions)) {
            next.links()
                    .mirrorTopic(id)
                    .filter(mirror -> mirror.link().equals(link))
                    .filter(mirror -> mirror.state() == State.RETURNING)
                    .filter(mirror -> mirror.restoration().cuts().isEmpty())
                    .flatMap(_ -> next.topics().topic(id))
                    .filter(topic -> isSafe(topic, next))
                    .ifPresent(topic -> all.add(cuts(topic, next)));
        }
        return done(all);
    }

    private static boolean isSafe(TopicImage topic, MetadataImage tip) {
        Restoration restoration = restorationOf(topic.id(), tip);
        for (int index = 0; index < topic.partitions().count(); index++) {
            if (!restoration.isSafe(index)) {
                return false;
            }
        }
        return true;
    }

    /**
     * All replicas, for one that was away may have records that even the leader here has not; also
     * where nothing is to be cut, because an epoch may have been begun there.
     */
    private static List<MetadataRecord> cuts(TopicImage topic, MetadataImage tip) {
        Restoration restoration = restorationOf(topic.id(), tip);
        var records = new ArrayList<MetadataRecord>();
        topic.partitions()
                .forEach((index, partition) -> {
                    records.add(
                            new PartitionChanged(
                                    topic.id(),
                                    index,
                                    partition.partitionEpoch() + 1,
                                    List.of(
                                            new PartitionChange.LeaderEpoch(
                                                    partition.leaderEpoch() + 1))));
                    records.add(
                            new ReplicasToCut(
                                    topic.id(),
                                    index,
                                    restoration.divergenceOf(index).orElseThrow().cutOffset(),
                                    partition.replicas()));
                    records.addAll(lineage(topic.partitionId(index), restoration, tip));
                });
        return records;
    }

    /** From where its copy ended on a partition has been written to by the region that has it. */
    private static List<MetadataRecord> lineage(
            PartitionId id, Restoration restoration, MetadataImage tip) {
        var self = tip.region().identity().map(one -> one.region());
        var owner =
                tip.links()
                        .mirrorTopic(id.topicId())
                        .flatMap(mirror -> tip.region().ownershipOf(mirror.domain()))
                        .map(OwnershipRecord::ownership)
                        .filter(owned -> owned.epoch() == restoration.ownershipEpoch())
                        .map(Ownership::owner);
        if (self.isEmpty() || owner.isEmpty()) {
            return List.of();
        }
        long start =
                Optional.ofNullable(restoration.copies().get(id.index()))
                        .map(CopyEnd::endOffset)
                        .orElse(-1L);
        var reign = new Reign(restoration.ownershipEpoch(), owner.get(), start, -1);
        return LineageSteps.extend(id, self.get(), 0, reign, tip);
    }

    public static Answer<List<List<MetadataRecord>>> cut(ConfirmCut command, MetadataImage tip) {
        var batches = new ArrayList<List<MetadataRecord>>();
        for (PartitionId id : command.partitions()) {
            tip.links()
                    .mirrorTopic(id.topicId())
                    .filter(mirror -> mirror.link().equals(command.link()))
                    .map(MirrorRegistration::restoration)
                    .filter(one -> one.ownershipEpoch() == command.ownershipEpoch())
                    .filter(one -> one.cutFor(id.index(), command.brokerId()).isPresent())
                    .map(one -> one.cuts().get(id.index()))
                    .ifPresent(cut ->
                            batches.add(
                                    List.of(
                                            new ReplicasToCut(
                                                    id.topicId(),
                                                    id.index(),
                                                    cut.offset(),
                                                    cut.pending().without(command.brokerId())))));
        }
        MetadataImage next = after(batches, tip);
        for (Uuid id : topicsOf(command.partitions())) {
            returning(id, command.link(), command.ownershipEpoch(), next)
                    .filter(_ -> leadersHaveCut(id, next))
                    .ifPresent(_ ->
                            batches.add(
                                    List.of(new MirrorTopicStateChanged(id, State.MIRRORING, ""))));
        }
        return done(batches);
    }

    private static boolean leadersHaveCut(Uuid id, MetadataImage tip) {
        Restoration restoration = restorationOf(id, tip);
        TopicImage topic = tip.topics().topic(id).orElseThrow();
        for (int index = 0; index < topic.partitions().count(); index++) {
            Restoration.Cut cut = restoration.cuts().get(index);
            var partition = topic.partitions().get(index);
            if (cut == null || !partition.hasLeader() || cut.pending().has(partition.leader())) {
                return false;
            }
        }
        return true;
    }

    private static Optional<Restoration> returning(
            Uuid topicId, LinkName link, long ownershipEpoch, MetadataImage tip) {
        return tip.links()
                .mirrorTopic(topicId)
                .filter(mirror -> mirror.link().equals(link) && mirror.state() == State.RETURNING)
                .map(MirrorRegistration::restoration)
                .filter(one -> one.ownershipEpoch() == ownershipEpoch);
    }

    private static Restoration restorationOf(Uuid topicId, MetadataImage tip) {
        return tip.links()
                .mirrorTopic(topicId)
                .map(MirrorRegistration::restoration)
                .orElse(Restoration.NONE);
    }

    private static SortedSet<Uuid> topicsOf(Iterable<PartitionId> partitions) {
        var topics = new TreeSet<Uuid>();
        partitions.forEach(id -> topics.add(id.topicId()));
        return topics;
    }

    private static MetadataImage after(List<List<MetadataRecord>> batches, MetadataImage tip) {
        return tip.apply(batches.stream().flatMap(List::stream).toList(), tip.place()).image();
    }

    private static Optional<Refusal> refusal(LinkName link, long epoch, MetadataImage tip) {
        Optional<LinkRegistration> known = tip.links().link(link);
        if (known.isEmpty()) {
            return Optional.of(
                    new Refusal(Errors.RESOURCE_NOT_FOUND, "There is no link " + link + "."));
        }
        Optional<RegionId> self = tip.region().identity().map(one -> one.region());
        boolean lost =
                tip.region()
                        .ownershipOf(known.get().domain())
                        .map(record -> record.ownership())
                        .filter(Ownership::isWritten)
                        .filter(owned -> owned.epoch() == epoch)
                        .filter(owned -> !Optional.of(owned.owner()).equals(self))
                        .isPresent();
        return lost
                ? Optional.empty()
                : Optional.of(
                        new Refusal(
                                Errors.INVALID_REQUEST,
                                "No other region owns the topics of %s with epoch %d."
                                        .formatted(link, epoch)));
    }
}
