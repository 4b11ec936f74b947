package io.tombolo.controller;

import io.tombolo.metadata.image.BrokersImage;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionChange;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.TopicRecord.PartitionChanged;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Who leads when brokers go and come. Looks only at partitions of which the broker has a replica.
 *
 * <p>Records made here come before the record that fences or unfences the broker: when a crash cuts
 * between them, the broker's old state stands, and the same decision completes the rest.
 */
final class Elections {

    private Elections() {}

    /**
     * What changes when a broker goes: it leaves every in-sync set in which it is not the last, and
     * the first active in-sync replica leads in its place. Where it is the last one in sync the
     * partition has no leader until it comes back; nobody else may have its records.
     */
    static List<MetadataRecord> without(int brokerId, MetadataImage tip) {
        return changes(brokerId, tip, partition -> leaving(partition, brokerId, tip.brokers()));
    }

    /** What changes when a broker comes: it leads where it is in sync and nobody leads. */
    static List<MetadataRecord> with(int brokerId, MetadataImage tip) {
        return changes(brokerId, tip, partition -> returning(partition, brokerId));
    }

    private static List<MetadataRecord> changes(
            int brokerId,
            MetadataImage tip,
            Function<PartitionRegistration, List<PartitionChange>> change) {
        var records = new ArrayList<MetadataRecord>();
        for (PartitionId id : tip.topics().replicasOn(brokerId).ids()) {
            PartitionRegistration partition = tip.topics().partition(id).orElseThrow();
            List<PartitionChange> changes = change.apply(partition);
            if (!changes.isEmpty()) {
                records.add(
                        new PartitionChanged(
                                id.topicId(), id.index(), partition.partitionEpoch() + 1, changes));
            }
        }
        return records;
    }

    private static List<PartitionChange> leaving(
            PartitionRegistration partition, int brokerId, BrokersImage brokers) {
        if (!partition.isr().has(brokerId)) {
            return List.of();
        }
        var changes = new ArrayList<PartitionChange>();
        BrokerIds left = partition.isr().without(brokerId);
        if (!left.isEmpty()) {
            changes.add(new PartitionChange.InSync(left));
        }
        if (partition.leader() == brokerId) {
            changes.add(
                    new PartitionChange.Leader(firstActive(partition.replicas(), left, brokers)));
            changes.add(new PartitionChange.LeaderEpoch(partition.leaderEpoch() + 1));
        }
        return changes;
    }

    private static List<PartitionChange> returning(PartitionRegistration partition, int brokerId) {
        if (partition.hasLeader() || !partition.isr().has(brokerId)) {
            return List.of();
        }
        return List.of(
                new PartitionChange.Leader(brokerId),
                new PartitionChange.LeaderEpoch(partition.leaderEpoch() + 1));
    }

    private static int firstActive(BrokerIds replicas, BrokerIds isr, BrokersImage brokers) {
        for (int replica : replicas.asList()) {
            if (isr.has(replica) && brokers.isActive(replica)) {
                return replica;
            }
        }
        return PartitionRegistration.NO_LEADER;
    }
}
