package io.tombolo.linker;

import io.tombolo.linker.source.LinkTimers;
import io.tombolo.region.link.LagHistory;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Looks at the lag of a link once a second and remembers five minutes of it. What it sees is
 * measured, by the questions that fetch records: they go to the leaders that take the records, over
 * the connections on which these come. Mutable; owned by the loop of the link.
 */
final class LagWatch {

    private static final Logger LOG = LoggerFactory.getLogger(LagWatch.class);

    static final Duration PACE = Duration.ofSeconds(1);

    private final LinkScope scope;
    private final LongSupplier lagMs;
    private final ArrayDeque<Long> seen = new ArrayDeque<>();
    private LinkTimers.Pending next;
    private boolean late;

    /**
     * @param lagMs of this moment, −1 when it is not known
     */
    LagWatch(LinkScope scope, LongSupplier lagMs) {
        this.scope = scope;
        this.lagMs = lagMs;
        this.next = scope.timers().none();
    }

    /** Begins. */
    void start() {
        next = scope.timers().after(PACE.toNanos(), this::look);
    }

    /** Looks no more; what was seen stays. Repeatable. */
    void stop() {
        next.cancel();
    }

    LagHistory history() {
        return new LagHistory(List.copyOf(seen));
    }

    private void look() {
        if (seen.size() == LagHistory.SECONDS_MAX) {
            seen.removeLast();
        }
        long ms = lagMs.getAsLong();
        seen.addFirst(ms);
        tell(ms);
        start();
    }

    /** Once when the link is late, and once when it is not any more. */
    private void tell(long ms) {
        long lateMs = scope.spec().settings().lagMax().toMillis();
        boolean now = lateMs > 0 && ms > lateMs;
        if (now != late) {
            LOG.atLevel(now ? Level.WARN : Level.INFO)
                    .addKeyValue("link", scope.spec().name())
                    .addKeyValue("lagMs", ms)
                    .addKeyValue("maxLagMs", lateMs)
                    .log(now ? "link is late" : "link is not late any more");
        }
        late = now;
    }
}
