package io.tombolo.replication;

import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.replication.ModelController.Report;
import io.tombolo.replication.repair.Fault;
import io.tombolo.replication.repair.RepairStep;
import io.tombolo.replication.repair.ReplicaRepair;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.PartitionLog;

import org.jspecify.annotations.Nullable;

/** Drives the real {@link ReplicaRepair} of a broker's replica, for one life of the broker. */
final class ReplicaMender {

    private final ReplicaNode node;
    private final ReplicaRegion region;
    private final LogDirectory directory;
    private final LogName name;
    private final ReplicaRepair repair;
    private final int life;
    private @Nullable PartitionLog opened;

    ReplicaMender(ReplicaNode node, ReplicaRegion region, LogDirectory directory, LogName name) {
        this.node = node;
        this.region = region;
        this.directory = directory;
        this.name = name;
        this.life = node.life;
        this.repair = new ReplicaRepair();
    }

    private boolean over() {
        return node.life != life || node.environment == null;
    }

    private long now() {
        return node.running().clock().nanoTime();
    }

    void failed(Partition of, Exception cause) {
        if (!over() && node.partition == of) {
            next(repair.failed(Fault.of(cause), of.log().endOffset(), node.role(), now()));
        }
    }

    void cast(Role role, BrokerIds outOfUse) {
        if (over()) {
            return;
        }
        Partition hosted = node.partition;
        boolean believedWell = !outOfUse.has(node.id);
        if (repair.outOfUse() && believedWell) {
            region.report(node, Report.LOST, _ -> {});
        } else if (hosted != null && hosted.log().failure().isEmpty() && !believedWell) {
            region.report(node, Report.WELL, _ -> {});
        }
        next(repair.cast(role));
    }

    private void next(RepairStep step) {
        switch (step) {
            case RepairStep.Wait _ -> {}
            case RepairStep.Tell(boolean damaged) ->
                    region.report(
                            node,
                            damaged ? Report.DAMAGED : Report.LOST,
                            taken -> {
                                if (!over()) {
                                    next(repair.heard(taken, now()));
                                }
                            });
            case RepairStep.Reopen(long limitOffset) -> reopen(limitOffset);
            case RepairStep.Use _ -> use();
        }
        repair.wakeAtNanos()
                .ifPresent(at ->
                        node.running()
                                .loops()
                                .loop(0)
                                .schedule(at - now(), () -> next(repair.timePassed(now()))));
    }

    private void reopen(long limitOffset) {
        var placement = new LogPlacement(LogSettings.STANDARD, node.running().loops().loop(0));
        directory.reopenLog(
                name,
                placement,
                limitOffset,
                log -> {
                    if (!over()) {
                        opened = log;
                        next(
                                log.failure()
                                        .map(cause -> repair.notReopened(Fault.of(cause), now()))
                                        .orElseGet(() -> repair.reopened(log.endOffset(), now())));
                    }
                });
    }

    private void use() {
        PartitionLog log = opened;
        opened = null;
        if (log != null) {
            region.watch.repaired();
            node.use(log);
            region.report(node, Report.WELL, _ -> {});
        }
    }
}
