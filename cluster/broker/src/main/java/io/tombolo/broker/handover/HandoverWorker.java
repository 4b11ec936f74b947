package io.tombolo.broker.handover;

import io.tombolo.broker.Commands;
import io.tombolo.broker.Images;
import io.tombolo.broker.link.LinkPlace;
import io.tombolo.controller.command.HandoverCommand.FencePartitions;
import io.tombolo.controller.command.HandoverCommand.Fenced;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.environment.Clock;
import io.tombolo.metadata.image.Handovers;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.image.TopicImage;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.replication.Role;

import org.apache.kafka.common.TopicIdPartition;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Does this broker's part while its region hands a domain over: as the leader of a partition it
 * tells where the log ends, once nothing is under way in it and it does not take writes any more.
 * What it has to do it reads from each image anew; whatever does not work is tried again until the
 * metadata say that it is done. When nobody completes the handover in time, one of the brokers
 * takes the domain back. Mutable, confined to the links' loop.
 */
public final class HandoverWorker {

    /** Between two looks while a domain is handed over. */
    static final Duration AGAIN = Duration.ofMillis(50);

    /** Nobody can write for so long at most, also when whoever began it is gone. */
    public static final Duration PATIENCE = Duration.ofSeconds(60);

    private final LinkPlace place;
    private final Images images;
    private final EndReader ends;
    private final Tools tools;
    private final Set<PartitionId> busy = new HashSet<>();
    private final Map<Underway, TreeMap<PartitionId, Fenced>> found = new HashMap<>();
    private final Map<Underway, Long> sinceNanos = new HashMap<>();
    private boolean planned;
    private boolean closed;

    /** What the worker needs of its broker. */
    public record Tools(Commands commands, Clock clock) {}

    /** A domain that is being handed over. */
    private record Underway(DomainName domain, long ownershipEpoch) {}

    public HandoverWorker(LinkPlace place, Images images, EndReader ends, Tools tools) {
        this.place = place;
        this.images = images;
        this.ends = ends;
        this.tools = tools;
    }

    /** Looks what there is to be done now; to be called after every image that may matter. */
    public void look() {
        if (closed) {
            return;
        }
        MetadataImage image = images.current();
        List<Underway> all = underway(image);
        sinceNanos.keySet().retainAll(all);
        for (Underway one : all) {
            fence(one, image);
            giveUpWhenLate(one);
        }
        if (!all.isEmpty() && !planned) {
            planned = true;
            place.loop()
                    .schedule(
                            AGAIN.toNanos(),
                            () -> {
                                planned = false;
                                look();
                            });
        }
    }

    private List<Underway> underway(MetadataImage image) {
        var all = new ArrayList<Underway>();
        for (OwnershipRecord owned : image.region().ownership().values()) {
            if (owned.ownership().mode() == Ownership.Mode.HANDOVER
                    && owned.ownership().owner().equals(place.region())) {
                all.add(new Underway(owned.domain(), owned.epoch()));
            }
        }
        return all;
    }

    // --- fences

    private void fence(Underway handover, MetadataImage image) {
        var fenced = image.region().handovers().fencesOf(handover.domain());
        for (TopicImage topic : Handovers.topicsOf(handover.domain(), image)) {
            topic.partitions()
                    .forEach((index, partition) -> {
                        PartitionId id = topic.partitionId(index);
                        if (partition.leader() == place.brokerId()
                                && !fenced.containsKey(id)
                                && busy.add(id)) {
                            read(handover, topic, id, partition.leaderEpoch());
                        }
                    });
        }
    }

    /**
     * The role says under which handover the partition stopped taking writes: that of an earlier
     * one may have let some in since.
     */
    private void read(Underway handover, TopicImage topic, PartitionId id, int leaderEpoch) {
        ends.read(
                new TopicIdPartition(id.topicId(), id.index(), topic.name()),
                role ->
                        role instanceof Role.Leader(var leadership, var access)
                                && leadership.leaderEpoch() == leaderEpoch
                                && access instanceof Role.WriteAccess.HandingOver(_, long epoch)
                                && epoch == handover.ownershipEpoch(),
                end ->
                        end.ifPresentOrElse(
                                told -> tell(handover, id, told), () -> busy.remove(id)));
    }

    private void tell(Underway handover, PartitionId id, EndReader.Found told) {
        var batch = found.computeIfAbsent(handover, _ -> new TreeMap<>());
        boolean first = batch.isEmpty();
        batch.put(id, new Fenced(told.leaderEpoch(), told.end()));
        if (first) {
            place.loop().execute(() -> tellAll(handover));
        }
    }

    private void tellAll(Underway handover) {
        TreeMap<PartitionId, Fenced> told = found.remove(handover);
        if (told != null && !closed) {
            tools.commands()
                    .submit(
                            new FencePartitions(handover.domain(), handover.ownershipEpoch(), told),
                            place.loop(),
                            _ -> busy.removeAll(told.keySet()));
        }
    }

    // --- giving up

    private void giveUpWhenLate(Underway handover) {
        long now = tools.clock().nanoTime();
        long since = sinceNanos.computeIfAbsent(handover, _ -> now);
        if (now - since >= PATIENCE.toNanos() && images.leadBrokerId() == place.brokerId()) {
            sinceNanos.put(handover, now);
            tools.commands()
                    .submit(
                            new ClaimOwnership(
                                    handover.domain(),
                                    place.region(),
                                    handover.ownershipEpoch(),
                                    Ownership.Mode.STEADY,
                                    "taken back: nobody completed the handover in %d seconds"
                                            .formatted(PATIENCE.toSeconds())),
                            place.loop(),
                            _ -> {});
        }
    }

    /** Does nothing more. */
    public void close() {
        closed = true;
    }
}
