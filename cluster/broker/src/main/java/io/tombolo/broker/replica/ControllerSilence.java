package io.tombolo.broker.replica;

import io.tombolo.broker.shard.Shard;
import io.tombolo.replication.Partition;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What the leaders of a shard do when the controller has not been heard for a session: it will have
 * fenced this broker and elected others, while clients that still reach this one wait for replicas
 * that never answer. Confined to the loop of the shard, but for {@link #close}.
 */
final class ControllerSilence {

    private static final long CHECK_NANOS = Duration.ofSeconds(1).toNanos();

    private final Shard shard;
    private final LongSupplier controllerSilentNanos;
    private final long sessionNanos;
    private volatile boolean closed;

    /**
     * @param controllerSilentNanos how long ago the controller answered last
     * @param session after how long a silence the controller fences a broker
     */
    ControllerSilence(Shard shard, LongSupplier controllerSilentNanos, Duration session) {
        this.shard = shard;
        this.controllerSilentNanos = controllerSilentNanos;
        this.sessionNanos = session.toNanos();
    }

    void start() {
        shard.loop().schedule(CHECK_NANOS, this::check);
    }

    void close() {
        closed = true;
    }

    private void check() {
        if (closed) {
            return;
        }
        if (controllerSilentNanos.getAsLong() > sessionNanos) {
            shard.partitions().forEach(Partition::doubtLeadership);
        }
        shard.loop().schedule(CHECK_NANOS, this::check);
    }
}
