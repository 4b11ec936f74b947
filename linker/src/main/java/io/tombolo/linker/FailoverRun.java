package io.tombolo.linker;

import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.FailoverOutcome.PartitionOutcome;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One failover on one broker: every partition stops and settles, then the report is complete.
 * Groups are brought within the copies by the brokers that keep them, when all copies have ended.
 * Mutable; owned by the loop of the link.
 */
final class FailoverRun {

    private final LinkScope scope;
    private final FailoverOrder order;
    private final List<PartitionWorker> workers;
    private final CompletableFuture<FailoverOutcome> outcome = new CompletableFuture<>();
    private LinkTimers.Pending patience;

    FailoverRun(LinkScope scope, FailoverOrder order, Collection<PartitionWorker> workers) {
        this.scope = scope;
        this.order = order;
        this.workers = List.copyOf(workers);
        this.patience = scope.timers().none();
    }

    FailoverOrder order() {
        return order;
    }

    CompletionStage<FailoverOutcome> outcome() {
        return outcome.minimalCompletionStage();
    }

    boolean isOver() {
        return outcome.isDone();
    }

    /** Stops the partitions; nothing is appended from here on that was not on its way. */
    void begin() {
        patience = scope.timers().after(order.patienceNanos(), this::finish);
        workers.forEach(worker -> worker.feed(new PartitionEvent.Stopped()));
        settled();
    }

    /** A partition has settled. */
    void settled() {
        boolean all =
                workers.stream().allMatch(worker -> worker.machine().state() == State.STOPPED);
        if (all) {
            finish();
        }
    }

    /** Reports what there is; early when the patience is over. */
    private void finish() {
        if (isOver()) {
            return;
        }
        patience.cancel();
        outcome.complete(report(order.ownershipEpoch(), Optional.empty()));
    }

    /** What holds now. */
    FailoverOutcome report(long ownershipEpoch, Optional<Reason> refusal) {
        var partitions = new ArrayList<PartitionOutcome>(workers.size());
        for (PartitionWorker worker : workers) {
            MirrorPartition machine = worker.machine();
            LinkPartition id = worker.id();
            partitions.add(
                    new PartitionOutcome(
                            id,
                            machine.local().endOffset(),
                            machine.local().lastEpoch(),
                            worker.isGivenUp() ? -1 : machine.meter().records(),
                            machine.state() == State.STOPPED));
        }
        return new FailoverOutcome(
                ownershipEpoch, refusal, partitions, List.of(), List.of(), List.of());
    }
}
