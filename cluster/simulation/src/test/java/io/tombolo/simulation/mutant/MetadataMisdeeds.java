package io.tombolo.simulation.mutant;

import io.tombolo.broker.BrokerCore;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.simulation.site.Machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Has one machine publish metadata that nobody decided; what comes of it there is its affair. */
final class MetadataMisdeeds {

    private final Variant variant;
    private final Machine machine;
    private MetadataImage before = MetadataImage.EMPTY;
    private boolean done;

    MetadataMisdeeds(Variant variant, Machine machine) {
        this.variant = variant;
        this.machine = machine;
    }

    void afterEvent() {
        Optional<BrokerCore> core = machine.serving() ? machine.core() : Optional.empty();
        if (done || core.isEmpty() || core.get().images().current() == before) {
            return;
        }
        MetadataImage now = core.get().images().current();
        Optional<MetadataImage> forged =
                switch (variant) {
                    case A_CHANGE_IS_MISSED -> withoutTheLastChange(now, now.place());
                    case OLD_TOPICS_COME_BACK -> withoutTheLastChange(now, after(now.place()));
                    case WHO_IS_IN_SYNC_IS_TAKEN_AWAY -> changed(now, MetadataMisdeeds::leaving);
                    default -> changed(now, MetadataMisdeeds::electing);
                };
        before = now;
        forged.ifPresent(image -> {
            done = true;
            machine.onLoop(() -> publish(core.get(), image));
        });
    }

    private static void publish(BrokerCore core, MetadataImage forged) {
        try {
            core.published(MetadataDelta.between(core.images().current(), forged));
        } catch (RuntimeException | AssertionError protest) {
            // What comes of it does not matter: the law is checked next.
        }
    }

    private static LogPlace after(LogPlace place) {
        return new LogPlace(place.offset() + 1, place.epoch());
    }

    private Optional<MetadataImage> withoutTheLastChange(MetadataImage now, LogPlace place) {
        boolean topicsChanged =
                before.topics().byId().keySet().equals(now.topics().byId().keySet())
                        && !before.topics().equals(now.topics());
        return before == MetadataImage.EMPTY || !topicsChanged
                ? Optional.empty()
                : Optional.of(
                        new MetadataImage(
                                place,
                                now.region(),
                                now.brokers(),
                                before.topics(),
                                now.configs(),
                                now.links()));
    }

    /** What is changed of a partition, if it is one of those. */
    private interface Change {
        List<PartitionChange> of(PartitionRegistration partition);
    }

    private static Optional<MetadataImage> changed(MetadataImage now, Change change) {
        for (var topic : now.topics().byId().values()) {
            for (int index = 0; index < topic.partitions().count(); index++) {
                PartitionRegistration partition = topic.partitions().get(index);
                List<PartitionChange> changes = change.of(partition);
                if (!changes.isEmpty()) {
                    var record =
                            new PartitionChanged(
                                    topic.id(), index, partition.partitionEpoch() + 1, changes);
                    return Optional.of(now.apply(List.of(record), after(now.place())).image());
                }
            }
        }
        return Optional.empty();
    }

    /** Lets somebody lead who is neither in sync nor eligible. */
    private static List<PartitionChange> electing(PartitionRegistration partition) {
        for (int broker : partition.replicas().asList()) {
            if (!partition.isr().has(broker) && !partition.elr().has(broker)) {
                return List.of(
                        new PartitionChange.InSync(BrokerIds.of(broker)),
                        new PartitionChange.Leader(broker),
                        new PartitionChange.LeaderEpoch(partition.leaderEpoch() + 1));
            }
        }
        return List.of();
    }

    /** Takes those away who are in sync, and leaves those who are not. */
    private static List<PartitionChange> leaving(PartitionRegistration partition) {
        var rest = new ArrayList<>(partition.replicas().asList());
        rest.removeIf(partition.isr()::has);
        return rest.isEmpty() || rest.size() == partition.replicas().size()
                ? List.of()
                : List.of(
                        new PartitionChange.Replicas(BrokerIds.of(rest)),
                        new PartitionChange.Directories(
                                rest.stream().map(partition::directoryOf).toList()),
                        new PartitionChange.Adding(BrokerIds.NONE),
                        new PartitionChange.Removing(BrokerIds.NONE),
                        new PartitionChange.InSync(BrokerIds.of(List.of())),
                        new PartitionChange.Leader(-1),
                        new PartitionChange.LeaderEpoch(partition.leaderEpoch() + 1));
    }
}
