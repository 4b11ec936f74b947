package io.tombolo.simulation.mutant;

import io.tombolo.broker.BrokerCore;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;
import io.tombolo.simulation.site.Machine;

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
                    default -> electing(now);
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

    /** Lets somebody lead who is neither in sync nor eligible. */
    private static Optional<MetadataImage> electing(MetadataImage now) {
        for (var topic : now.topics().byId().values()) {
            for (int index = 0; index < topic.partitions().count(); index++) {
                var forged = electing(now, topic.partitionId(index), topic.partitions().get(index));
                if (forged.isPresent()) {
                    return forged;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<MetadataImage> electing(
            MetadataImage now, PartitionId id, PartitionRegistration partition) {
        for (int broker : partition.replicas().asList()) {
            if (!partition.isr().has(broker) && !partition.elr().has(broker)) {
                List<PartitionChange> changes =
                        List.of(
                                new PartitionChange.InSync(BrokerIds.of(broker)),
                                new PartitionChange.Leader(broker),
                                new PartitionChange.LeaderEpoch(partition.leaderEpoch() + 1));
                var record =
                        new PartitionChanged(
                                id.topicId(), id.index(), partition.partitionEpoch() + 1, changes);
                return Optional.of(now.apply(List.of(record), after(now.place())).image());
            }
        }
        return Optional.empty();
    }
}
