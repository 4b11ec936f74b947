package io.tombolo.network;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * The connections of one loop on which a frame has begun, oldest first. While connections wait for
 * memory that others hold, those whose frames hold some and come too slowly are closed, the oldest
 * first, a quarter of the loop's memory at a time.
 */
final class SlowFrames {

    private static final long TURN_NANOS = 250_000_000L;

    private final NettyLoop loop;
    private final Set<NettyConnection> begun = new LinkedHashSet<>();
    private boolean planned;

    SlowFrames(NettyLoop loop) {
        this.loop = loop;
    }

    void add(NettyConnection connection) {
        begun.add(connection);
    }

    void remove(NettyConnection connection) {
        begun.remove(connection);
    }

    /** Somebody waits for memory, or has the privilege that somebody may wait for. */
    void watch() {
        if (!planned) {
            planned = true;
            loop.schedule(TURN_NANOS, this::turn);
        }
    }

    private void turn() {
        planned = false;
        if (loop.budget().isContested()) {
            reclaim();
        }
        if (loop.budget().needsWatching()) {
            watch();
        }
    }

    private void reclaim() {
        long left = loop.budget().reclaimedBytesMax();
        for (NettyConnection connection : new ArrayList<>(begun)) {
            int heldBytes = connection.heldBySlowFrame();
            if (heldBytes > 0 && left > 0) {
                left -= heldBytes;
                connection.giveUpSlowFrame();
            }
        }
    }
}
