package io.tombolo.broker.handover;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.link.LinkPlace;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.HandoverCommand.HandOver;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.metadata.image.Handovers;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.replication.Role;

import org.apache.kafka.common.TopicIdPartition;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Where a handover is begun, completed and taken back in the region that gives, and where the one
 * that takes tells what it has. Confined to the links' loop.
 */
public final class HandoverDesk {

    private final LinkPlace place;
    private final Images images;
    private final EndReader ends;
    private final Commands commands;

    public HandoverDesk(LinkPlace place, Images images, EndReader ends, Commands commands) {
        this.place = place;
        this.images = images;
        this.ends = ends;
        this.commands = commands;
    }

    /**
     * How far a handover is in the region that gives.
     *
     * @param ownership in force; empty when nobody has ever owned the link's topics
     * @param partitions of the topics that change hands
     * @param fences where those end that do not grow any more
     */
    public record Standing(
            Optional<Ownership> ownership,
            SortedMap<PartitionId, String> partitions,
            SortedMap<PartitionId, PartitionEnd> fences) {

        /** Whether this handover is under way here. */
        public boolean isUnderWay(RegionId region) {
            return ownership
                    .filter(owned -> owned.mode() == Ownership.Mode.HANDOVER)
                    .filter(owned -> owned.owner().equals(region))
                    .isPresent();
        }

        /** The partitions that may still grow, by name. */
        public List<String> unfenced() {
            return partitions.entrySet().stream()
                    .filter(one -> !fences.containsKey(one.getKey()))
                    .map(one -> one.getValue())
                    .toList();
        }

        /** The partitions of which the copies do not end at the fence, by name. */
        public List<String> behind(SortedMap<PartitionId, PartitionEnd> copies) {
            return fences.entrySet().stream()
                    .filter(one ->
                            !copies.containsKey(one.getKey())
                                    || !copies.get(one.getKey()).sameAs(one.getValue()))
                    .map(one -> partitions.getOrDefault(one.getKey(), one.getKey().toString()))
                    .toList();
        }
    }

    /** How far the handover of a link's topics is. */
    public Standing standing(LinkEntry link) {
        MetadataImage image = images.current();
        var partitions = new TreeMap<PartitionId, String>();
        for (TopicImage topic : Handovers.topicsOf(link.domain(), image)) {
            for (int index = 0; index < topic.partitions().count(); index++) {
                partitions.put(topic.partitionId(index), topic.name() + "-" + index);
            }
        }
        return new Standing(
                image.region().ownershipOf(link.domain()).map(OwnershipRecord::ownership),
                partitions,
                image.region().handovers().fencesOf(link.domain()));
    }

    /** Begins a handover: from its commit on nobody writes. Refused unless this region owns it. */
    public void begin(LinkEntry link, String cause, Consumer<Answer<Ownership>> answer) {
        claim(link, Ownership.Mode.HANDOVER, cause, answer);
    }

    /** Ends a handover that has not been completed: this region writes again. */
    public void takeBack(LinkEntry link, String cause, Consumer<Answer<Ownership>> answer) {
        claim(link, Ownership.Mode.STEADY, cause, answer);
    }

    private void claim(
            LinkEntry link, Ownership.Mode mode, String cause, Consumer<Answer<Ownership>> answer) {
        long epoch =
                images.current()
                        .region()
                        .ownershipOf(link.domain())
                        .map(OwnershipRecord::epoch)
                        .orElse(0L);
        commands.submit(
                new ClaimOwnership(link.domain(), place.region(), epoch, mode, cause),
                place.loop(),
                answer);
    }

    /**
     * Completes a handover: the other region owns the topics from its commit on.
     *
     * @param copies where they end there
     * @param epoch of the handover under which that was told
     */
    public void complete(
            LinkEntry link,
            long epoch,
            SortedMap<PartitionId, PartitionEnd> copies,
            String cause,
            Consumer<Answer<Applied>> answer) {
        RegionId other = link.from().equals(place.region()) ? link.to() : link.from();
        commands.submit(
                new HandOver(link.domain(), other, epoch, copies, cause), place.loop(), answer);
    }

    // --- the region that takes

    /**
     * What this broker leads of a link's copies.
     *
     * @param ownershipEpoch under which the other region hands them over; 0 when it does not, as
     *     far as is known here
     */
    public record Copies(long ownershipEpoch, SortedMap<PartitionId, PartitionEnd> ends) {}

    /** Where the copies end that this broker leads. */
    public void copies(LinkName link, Consumer<Copies> answer) {
        MetadataImage image = images.current();
        Optional<Ownership> handover =
                image.links()
                        .link(link)
                        .flatMap(known -> image.region().ownershipOf(known.domain()))
                        .map(OwnershipRecord::ownership)
                        .filter(owned -> owned.mode() == Ownership.Mode.HANDOVER)
                        .filter(owned -> !owned.owner().equals(place.region()));
        List<TopicIdPartition> led = handover.map(_ -> ledHere(link, image)).orElseGet(List::of);
        long epoch = handover.map(Ownership::epoch).orElse(0L);
        var gathering = new Gathering(led.size(), found -> answer.accept(new Copies(epoch, found)));
        for (TopicIdPartition id : led) {
            ends.read(
                    id,
                    role ->
                            role instanceof Role.MirrorLeader mirror
                                    && mirror.link().equals(link)
                                    && mirror.ownershipEpoch() == epoch,
                    found -> gathering.fill(id, found));
        }
    }

    private List<TopicIdPartition> ledHere(LinkName link, MetadataImage image) {
        var led = new ArrayList<TopicIdPartition>();
        image.links().topicsOf(link).stream()
                .flatMap(id -> image.topics().topic(id).stream())
                .filter(topic -> image.mirrorOf(topic).isPresent())
                .forEach(topic ->
                        topic.partitions()
                                .forEach((index, partition) -> {
                                    if (partition.leader() == place.brokerId()) {
                                        led.add(
                                                new TopicIdPartition(
                                                        topic.id(), index, topic.name()));
                                    }
                                }));
        return led;
    }

    /** Waits until all partitions have told. */
    private static final class Gathering {

        private final TreeMap<PartitionId, PartitionEnd> ends = new TreeMap<>();
        private final Consumer<SortedMap<PartitionId, PartitionEnd>> whole;
        private int missing;

        Gathering(int count, Consumer<SortedMap<PartitionId, PartitionEnd>> whole) {
            this.missing = count;
            this.whole = whole;
            if (count == 0) {
                whole.accept(ends);
            }
        }

        void fill(TopicIdPartition id, Optional<EndReader.Found> found) {
            found.ifPresent(
                    one -> ends.put(new PartitionId(id.topicId(), id.partition()), one.end()));
            if (--missing == 0) {
                whole.accept(ends);
            }
        }
    }
}
