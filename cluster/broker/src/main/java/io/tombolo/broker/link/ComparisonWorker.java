package io.tombolo.broker.link;

import io.tombolo.broker.torn.Suspect;
import io.tombolo.broker.torn.TornTransactions;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Compared;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.LinkName;
import io.tombolo.region.link.LinkPartition;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Tells, as the leader of partitions, which transactions are committed there that the copy of
 * others has left open. It changes nothing, so whoever leads later may look again; what the
 * metadata have first, counts. Mutable, confined to the links' loop.
 */
final class ComparisonWorker {

    private final LinkPlace place;
    private final LinkName link;
    private final PromotionWorker.Ports ports;
    private final Set<LinkPartition> busy = new HashSet<>();
    private final TreeMap<PartitionId, Compared> ready = new TreeMap<>();
    private boolean closed;

    ComparisonWorker(LinkPlace place, LinkName link, PromotionWorker.Ports ports) {
        this.place = place;
        this.link = link;
        this.ports = ports;
    }

    /** Goes on with partitions, save those where that is under way. */
    void compare(List<OpenTransactionLog.Place> places, MetadataImage image, long ownershipEpoch) {
        if (closed || places.isEmpty()) {
            return;
        }
        Set<Suspect> suspects = TornTransactions.suspects(image, link);
        for (OpenTransactionLog.Place one : places) {
            if (busy.add(one.partition())) {
                ports.transactions()
                        .committed(one, suspects, found -> found(one, found, ownershipEpoch));
            }
        }
    }

    private void found(
            OpenTransactionLog.Place where,
            Optional<List<TornTransaction>> found,
            long ownershipEpoch) {
        LinkPartition partition = where.partition();
        if (found.isEmpty()) {
            busy.remove(partition);
            return;
        }
        boolean first = ready.isEmpty();
        ready.put(
                new PartitionId(partition.topicId(), partition.partition()),
                new Compared(where.leaderEpoch(), found.get()));
        if (first) {
            place.loop().execute(() -> tell(ownershipEpoch));
        }
    }

    private void tell(long ownershipEpoch) {
        var told = new TreeMap<>(ready);
        ready.clear();
        if (closed || told.isEmpty()) {
            return;
        }
        ports.commands()
                .submit(
                        new CompareMirrorTransactions(link, ownershipEpoch, told),
                        place.loop(),
                        _ ->
                                busy.removeIf(one ->
                                        told.containsKey(
                                                new PartitionId(one.topicId(), one.partition()))));
    }

    /** Does nothing more. */
    void close() {
        closed = true;
    }
}
