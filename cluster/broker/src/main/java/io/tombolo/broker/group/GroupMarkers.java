package io.tombolo.broker.group;

import io.tombolo.coordinator.group.entry.GroupCoordinator;
import io.tombolo.coordinator.runtime.CoordinatorLog.AppendResult;
import io.tombolo.coordinator.runtime.CoordinatorLog.Appended;
import io.tombolo.coordinator.runtime.CoordinatorLog.Refused;
import io.tombolo.coordinator.runtime.TransactionEnd;
import io.tombolo.replication.Partition;
import io.tombolo.replication.ProduceOutcome;
import io.tombolo.replication.transaction.TransactionMarker;

import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;

/**
 * Ends transactions in partitions, where those of the offsets topic have to learn of it: the groups
 * on them have positions that wait for the end.
 */
public record GroupMarkers(GroupCoordinator groups) {

    /**
     * Like {@link Partition#mark}, for a partition of any topic. Called on the loop that owns the
     * partition. While the groups of a partition are being loaded, it is answered that its leader
     * is elsewhere, so that the marker is sent again.
     */
    public void mark(
            Partition partition,
            TransactionMarker marker,
            long timeoutNanos,
            Consumer<ProduceOutcome> answer) {
        if (!partition.id().topic().equals(InternalTopic.OFFSETS)) {
            partition.mark(marker, timeoutNanos, answer);
            return;
        }
        var end = new TransactionEnd(marker.producerId(), marker.producerEpoch(), marker.commit());
        Errors error =
                groups.transactions()
                        .end(
                                partition.id().partition(),
                                end,
                                () -> append(partition, marker, timeoutNanos, answer));
        if (error == Errors.NOT_COORDINATOR || error == Errors.COORDINATOR_LOAD_IN_PROGRESS) {
            answer.accept(
                    ProduceOutcome.refused(
                            Errors.NOT_LEADER_OR_FOLLOWER,
                            "the groups of this partition are not loaded yet"));
        }
    }

    /** The answer to whoever sent the marker is the partition's own, whatever it is. */
    private static AppendResult append(
            Partition partition,
            TransactionMarker marker,
            long timeoutNanos,
            Consumer<ProduceOutcome> answer) {
        long before = partition.log().endOffset();
        partition.mark(marker, timeoutNanos, answer);
        long after = partition.log().endOffset();
        return after > before ? new Appended(after) : new Refused(Errors.INVALID_TXN_STATE);
    }
}
