package io.tombolo.broker.publish;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.replication.Role;
import io.tombolo.replication.repair.Fault;
import io.tombolo.replication.repair.RepairStep;
import io.tombolo.replication.repair.ReplicaRepair;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Carries out the {@link ReplicaRepair} of each replica of one shard whose log has failed while its
 * directory works; mutable, confined to its loop.
 */
final class ReplicaRepairs {

    private final EventLoop loop;
    private final Clock clock;
    private final LogDirectories directories;
    private final PartitionPublisher.DirectoryListener listener;
    private final Host host;
    private final Map<TopicIdPartition, One> all = new HashMap<>();

    /** Who has the partitions. */
    interface Host {

        LogPlacement placementOf(TopicIdPartition id);

        /** Does something with the files of a partition when all that was begun before is done. */
        void inTurn(TopicIdPartition id, Consumer<Runnable> work);

        /** A log takes the place of the one that failed. */
        void use(TopicIdPartition id, PartitionLog log);
    }

    private static final class One {
        private final ReplicaRepair repair = new ReplicaRepair();
        private EventLoop.Timer wake = () -> {};
        private @Nullable PartitionLog opened;
    }

    ReplicaRepairs(
            EventLoop loop,
            Clock clock,
            LogDirectories directories,
            PartitionPublisher.DirectoryListener listener,
            Host host) {
        this.loop = loop;
        this.clock = clock;
        this.directories = directories;
        this.listener = listener;
        this.host = host;
    }

    /** A log in use has failed; the directory it is in has not. */
    void failed(TopicIdPartition id, PartitionLog log, Exception cause, Role role) {
        One one = all.computeIfAbsent(id, _ -> new One());
        one.opened = null;
        next(id, one, one.repair.failed(Fault.of(cause), log.endOffset(), role, clock.nanoTime()));
    }

    /**
     * What a replica is to be.
     *
     * @param place where the controller believes it to be
     */
    void cast(TopicIdPartition id, Role role, Uuid place) {
        One one = all.get(id);
        if (one == null) {
            return;
        }
        if (one.repair.outOfUse() && !place.equals(BrokerRegistration.LOST)) {
            listener.located(id, BrokerRegistration.LOST); // an older report came after a newer one
        }
        next(id, one, one.repair.cast(role));
    }

    /** What is to be done is not wanted any more. */
    void forget(TopicIdPartition id) {
        Optional.ofNullable(all.remove(id)).ifPresent(one -> one.wake.cancel());
    }

    void close() {
        all.values().forEach(one -> one.wake.cancel());
        all.clear();
    }

    private boolean current(TopicIdPartition id, One one) {
        return all.get(id) == one;
    }

    private void next(TopicIdPartition id, One one, RepairStep step) {
        switch (step) {
            case RepairStep.Wait _ -> {}
            case RepairStep.Tell(boolean damaged) -> tell(id, one, damaged);
            case RepairStep.Reopen(long limitOffset) ->
                    host.inTurn(id, done -> reopen(id, one, limitOffset, done));
            case RepairStep.Use _ -> use(id, one);
        }
        one.wake.cancel();
        one.repair
                .wakeAtNanos()
                .ifPresent(at ->
                        one.wake =
                                loop.schedule(
                                        at - clock.nanoTime(),
                                        () -> next(id, one, timePassed(id, one))));
    }

    private RepairStep timePassed(TopicIdPartition id, One one) {
        return current(id, one) ? one.repair.timePassed(clock.nanoTime()) : new RepairStep.Wait();
    }

    private void tell(TopicIdPartition id, One one, boolean damaged) {
        listener.tell(
                id,
                damaged ? BrokerRegistration.DAMAGED : BrokerRegistration.LOST,
                taken ->
                        loop.execute(() -> {
                            if (current(id, one)) {
                                next(id, one, one.repair.heard(taken, clock.nanoTime()));
                            }
                        }));
    }

    private void reopen(TopicIdPartition id, One one, long limitOffset, Runnable done) {
        Optional<LogDirectory> place =
                directories
                        .find(Hosting.nameOf(id), Hosting.uuid(id.topicId()))
                        .map(LogDirectories.Located::directory);
        if (!current(id, one) || place.isEmpty() || place.get().failure().isPresent()) {
            forget(id); // or the directory has failed: then its next start is the way back
            done.run();
            return;
        }
        place.get()
                .reopenLog(
                        Hosting.nameOf(id),
                        host.placementOf(id),
                        limitOffset,
                        log -> {
                            done.run();
                            if (current(id, one)) {
                                next(id, one, reopened(one, log));
                            }
                        });
    }

    private RepairStep reopened(One one, PartitionLog log) {
        one.opened = log;
        return log.failure()
                .map(cause -> one.repair.notReopened(Fault.of(cause), clock.nanoTime()))
                .orElseGet(() -> one.repair.reopened(log.endOffset(), clock.nanoTime()));
    }

    private void use(TopicIdPartition id, One one) {
        PartitionLog log = one.opened;
        one.opened = null;
        if (log != null) {
            host.use(id, log);
        }
    }
}
