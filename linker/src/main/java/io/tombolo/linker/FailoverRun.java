package io.tombolo.linker;

import io.tombolo.linker.mirror.MirrorPartition;
import io.tombolo.linker.mirror.PartitionEvent;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.region.link.FailoverOrder;
import io.tombolo.region.link.FailoverOutcome;
import io.tombolo.region.link.FailoverOutcome.ClampedGroup;
import io.tombolo.region.link.FailoverOutcome.PartitionOutcome;
import io.tombolo.region.link.GroupOffsets;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.LinkPartition;
import io.tombolo.region.link.LinkStatus.State;
import io.tombolo.region.link.Reason;

import org.apache.kafka.common.TopicPartition;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One failover: every partition stops and settles, then group offsets beyond the copy are clamped,
 * then the report is complete. Mutable; owned by the loop of the link.
 */
final class FailoverRun {

    private final LinkScope scope;
    private final FailoverOrder order;
    private final List<PartitionWorker> workers;
    private final CompletableFuture<FailoverOutcome> outcome = new CompletableFuture<>();
    private final List<ClampedGroup> clamped = new ArrayList<>();
    private LinkTimers.Pending patience;
    private boolean clamping;
    private int pending;

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
        if (all && !clamping && !isOver()) {
            clamping = true;
            clampGroups();
        }
    }

    private void clampGroups() {
        if (!scope.safeguards().contains(Safeguard.CLAMP)) {
            finish();
            return;
        }
        scope.host().groups().groups(this::clampAll);
    }

    private void clampAll(SortedSet<String> groups) {
        pending = 1;
        for (String group : groups) {
            pending++;
            scope.host()
                    .groups()
                    .committed(
                            group,
                            answer -> {
                                if (answer instanceof GroupOffsets.Offsets(var offsets)) {
                                    clamp(group, offsets);
                                }
                                done();
                            });
        }
        done();
    }

    private void clamp(String group, Map<TopicPartition, Committed> offsets) {
        var ends = new HashMap<TopicPartition, PartitionWorker>();
        for (PartitionWorker worker : workers) {
            ends.put(new TopicPartition(worker.id().topic(), worker.id().partition()), worker);
        }
        var changes = new LinkedHashMap<TopicPartition, Committed>();
        var report = new ArrayList<ClampedGroup>();
        for (var entry : offsets.entrySet()) {
            PartitionWorker worker = ends.get(entry.getKey());
            if (worker == null) {
                continue;
            }
            var local = worker.machine().local();
            if (entry.getValue().offset() > local.endOffset()) {
                changes.put(
                        entry.getKey(),
                        new Committed(
                                local.endOffset(), local.lastEpoch(), entry.getValue().metadata()));
                report.add(
                        new ClampedGroup(
                                group,
                                worker.id(),
                                entry.getValue().offset(),
                                local.endOffset(),
                                Optional.empty()));
            }
        }
        if (changes.isEmpty()) {
            return;
        }
        pending++;
        scope.host()
                .groups()
                .commit(
                        group,
                        changes,
                        order.ownershipEpoch(),
                        answer -> {
                            Optional<Reason> problem = problemOf(answer);
                            for (ClampedGroup entry : report) {
                                clamped.add(
                                        new ClampedGroup(
                                                entry.group(),
                                                entry.partition(),
                                                entry.from(),
                                                entry.to(),
                                                problem));
                            }
                            done();
                        });
    }

    private static Optional<Reason> problemOf(GroupOffsets.CommitAnswer answer) {
        return switch (answer) {
            case GroupOffsets.Stored _ -> Optional.empty();
            case GroupOffsets.Skipped(var reason, var detail) ->
                    Optional.of(new Reason(Reason.Code.LOCAL_REFUSED, reason + " " + detail));
            case GroupOffsets.Unavailable(var detail) ->
                    Optional.of(new Reason(Reason.Code.LOCAL_UNAVAILABLE, detail));
        };
    }

    private void done() {
        if (--pending == 0) {
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
                            machine.meter().records(),
                            machine.state() == State.STOPPED));
        }
        return new FailoverOutcome(ownershipEpoch, refusal, partitions, clamped);
    }
}
