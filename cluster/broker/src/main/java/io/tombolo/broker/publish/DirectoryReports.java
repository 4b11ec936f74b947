package io.tombolo.broker.publish;

import io.tombolo.broker.Commands;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.ReplicaCommand.AssignReplicasToDirs;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.record.PartitionId;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
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
    private final Map<PartitionId, Uuid> untold = new LinkedHashMap<>();
    private boolean underWay;
    private boolean closed;

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

    /** A replica is in a directory; callable from any thread. */
    public void located(TopicIdPartition id, Uuid directory) {
        loop.execute(() -> {
            untold.put(new PartitionId(id.topicId(), id.partition()), directory);
            // What comes in the same turn goes in the same report.
            loop.execute(this::send);
        });
    }

    private void send() {
        if (underWay || closed || untold.isEmpty()) {
            return;
        }
        underWay = true;
        var told = new TreeMap<PartitionId, Uuid>();
        untold.entrySet().stream()
                .limit(REPLICAS_MAX)
                .forEach(entry -> told.put(entry.getKey(), entry.getValue()));
        if (brokerEpoch.getAsLong() < 0) {
            pause();
            return;
        }
        commands.submit(
                new AssignReplicasToDirs(brokerId, brokerEpoch.getAsLong(), told),
                loop,
                answer -> {
                    if (answer instanceof Answer.Done<?>) {
                        // A replica that was refused is not ours any more.
                        told.forEach(untold::remove);
                        underWay = false;
                        send();
                    } else {
                        pause();
                    }
                });
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
