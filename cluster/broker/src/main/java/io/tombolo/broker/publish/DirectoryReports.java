package io.tombolo.broker.publish;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Applied;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Tells the controller in which directories replicas are, until it has heard it. Mutable, confined
 * to the controller's loop. A report is not dropped because the directory has failed meanwhile:
 * only with it the controller knows what was in there.
 */
public final class DirectoryReports {

    /** Replicas in one report. */
    static final int REPLICAS_MAX = 2000;

    private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

    private final int brokerId;
    private final LongSupplier brokerEpoch;
    private final Commands commands;
    private final EventLoop loop;
    private final Map<PartitionId, Report> untold = new LinkedHashMap<>();
    private boolean underWay;
    private boolean closed;

    /** Each is itself only, so that what was told while it was under way is kept. */
    private static final class Report {
        private final Uuid directory;
        private final Consumer<Boolean> taken;

        Report(Uuid directory, Consumer<Boolean> taken) {
            this.directory = directory;
            this.taken = taken;
        }
    }

    /**
     * @param brokerEpoch of the broker's registration, negative before it
     */
    public DirectoryReports(
            int brokerId, LongSupplier brokerEpoch, Commands commands, EventLoop loop) {
        this.brokerId = brokerId;
        this.brokerEpoch = brokerEpoch;
        this.commands = commands;
        this.loop = loop;
    }

    /**
     * A replica is in a directory; callable from any thread.
     *
     * @param taken hears whether the controller has accepted it; not when a newer report of this
     *     replica has taken the place of this one
     */
    public void tell(TopicIdPartition id, Uuid directory, Consumer<Boolean> taken) {
        loop.execute(() -> {
            untold.put(new PartitionId(id.topicId(), id.partition()), new Report(directory, taken));
            // What comes in the same turn goes in the same report.
            loop.execute(this::send);
        });
    }

    private void send() {
        if (underWay || closed || untold.isEmpty()) {
            return;
        }
        underWay = true;
        var told = new TreeMap<PartitionId, Report>();
        untold.entrySet().stream()
                .limit(REPLICAS_MAX)
                .forEach(entry -> told.put(entry.getKey(), entry.getValue()));
        if (brokerEpoch.getAsLong() < 0) {
            pause();
            return;
        }
        var directories = new TreeMap<PartitionId, Uuid>();
        told.forEach((id, report) -> directories.put(id, report.directory));
        commands.submit(
                new AssignReplicasToDirs(brokerId, brokerEpoch.getAsLong(), directories),
                loop,
                answer -> {
                    if (answer
                            instanceof Answer.Done<Map<PartitionId, Answer<Applied>>>(var each)) {
                        told.forEach((id, report) -> heard(id, report, each.get(id)));
                        underWay = false;
                        send();
                    } else {
                        pause();
                    }
                });
    }

    /** A replica that was refused is not ours any more, or what it says is not possible now. */
    private void heard(PartitionId id, Report report, @Nullable Answer<Applied> answer) {
        if (untold.remove(id, report)) {
            report.taken.accept(answer instanceof Answer.Done<Applied>);
        }
    }

    private void pause() {
        loop.schedule(
                PAUSE_NANOS,
                () -> {
                    underWay = false;
                    send();
                });
    }

    public void close() {
        closed = true;
    }
}
