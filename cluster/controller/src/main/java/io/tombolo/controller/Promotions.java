package io.tombolo.controller;

import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.Promotion;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.MirrorRegistration;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.LinkRecord.MirrorTopicStateChanged;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.MirrorTopic.State;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Promotes mirror topics in two phases, so that no client ever meets a topic that is writable on
 * one broker and still mirrored on another: all stop copying first; then each becomes writable with
 * leader epochs above all that were mirrored.
 */
final class Promotions {

    private Promotions() {}

    static ControllerResult<SortedSet<PartitionId>> begin(
            BeginPromotion command, MetadataImage tip) {
        var records = new ArrayList<List<MetadataRecord>>();
        SortedSet<PartitionId> wanted = new TreeSet<>();
        for (MirrorRegistration mirror : mirrors(command.link(), tip)) {
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

    static ControllerResult<Promotion> complete(CompletePromotion command, MetadataImage tip) {
        if (command.mirroredEpochs().containsValue(Integer.MAX_VALUE)) {
            return ControllerResult.refused(
                    Errors.INVALID_REQUEST, "No leader epoch is left above a mirrored one.");
        }
        var batches = new ArrayList<List<MetadataRecord>>();
        SortedSet<Uuid> stopped = new TreeSet<>();
        SortedSet<PartitionId> waiting = new TreeSet<>();
        for (MirrorRegistration mirror : mirrors(command.link(), tip)) {
            SortedSet<PartitionId> missing = partitions(mirror.topicId(), tip);
            missing.removeAll(command.mirroredEpochs().keySet());
            if (mirror.state() == State.STOPPED) {
                stopped.add(mirror.topicId());
            } else if (mirror.state() == State.STOPPING && missing.isEmpty()) {
                stopped.add(mirror.topicId());
                batches.add(stopping(mirror, command, tip));
            } else if (mirror.state() == State.STOPPING) {
                waiting.addAll(missing);
            }
        }
        return ControllerResult.inBatches(new Promotion(stopped, waiting), batches);
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

    private static List<MetadataRecord> stopping(
            MirrorRegistration mirror, CompletePromotion command, MetadataImage tip) {
        TopicImage topic = tip.topics().topic(mirror.topicId()).orElseThrow();
        var records = new ArrayList<MetadataRecord>();
        topic.partitions()
                .forEach((index, partition) -> {
                    PartitionId id = topic.partitionId(index);
                    int mirrored = command.mirroredEpochs().getOrDefault(id, -1);
                    int above = Math.max(partition.leaderEpoch(), mirrored) + 1;
                    raised(id, partition, above).ifPresent(records::add);
                });
        records.add(new MirrorTopicStateChanged(topic.id(), State.STOPPED, mirror.reason()));
        return records;
    }

    private static List<MirrorRegistration> mirrors(LinkName link, MetadataImage tip) {
        return tip.links().topicsOf(link).stream()
                .flatMap(topic -> tip.links().mirrorTopic(topic).stream())
                .toList();
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
