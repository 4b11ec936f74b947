package io.tombolo.broker.group;

import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;

/** Tells the group coordinator which partitions of the offsets topic this broker leads. */
public record OffsetsLeadership(GroupCoordinator groups) {

    /** Watches a partition that has come to be hosted, when it is one of the offsets topic. */
    public void watch(Partition partition) {
        if (partition.id().topic().equals(InternalTopic.OFFSETS)) {
            partition.onProgress(this::progressed);
        }
    }

    private void progressed(Partition partition) {
        int index = partition.id().partition();
        if (partition.role() instanceof Role.Leader leader) {
            groups.lead(index, leader.leaderEpoch());
            groups.highWatermarkMoved(index, partition.highWatermark());
        } else {
            groups.resign(index);
        }
    }
}
