package io.tombolo.linker;

import io.tombolo.environment.EventLoop;
import io.tombolo.linker.mirror.Safeguard;
import io.tombolo.linker.mirror.SourceRate;
import io.tombolo.linker.source.FrameLease;
import io.tombolo.linker.source.LinkTimers;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkSpec;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What the parts of one link share: the ports, the timers, the specification in force, and the
 * budget of bytes that were fetched and not yet appended. Mutable; owned by the loop of the link.
 */
final class LinkScope {

    private static final int LANE_BYTES_MIN = 64 * 1024;

    private final LinkHost host;
    private final LinkTimers timers;
    private final Set<Safeguard> safeguards;
    private final SourceRate rate = new SourceRate();
    private final ByteBudget budget = new ByteBudget();
    private final List<Runnable> waiters = new ArrayList<>();
    private LinkSpec spec;
    private long inFlightBytes;
    private int laneCount;
    private boolean closed;
    private OptionalLong answeredNanos = OptionalLong.empty();

    LinkScope(LinkSpec spec, LinkHost host, Set<Safeguard> safeguards) {
        this.spec = spec;
        this.host = host;
        this.safeguards = safeguards;
        this.timers = new LinkTimers(host.loop());
    }

    LinkHost host() {
        return host;
    }

    EventLoop loop() {
        return host.loop();
    }

    LinkTimers timers() {
        return timers;
    }

    Set<Safeguard> safeguards() {
        return safeguards;
    }

    LinkSpec spec() {
        return spec;
    }

    void follow(LinkSpec desired) {
        spec = desired;
    }

    /** The name at the source of what has this name here. */
    String sourceOf(String copy) {
        return spec.selection().renaming().sourceOf(copy).orElse(copy);
    }

    long now() {
        return host.clock().nanoTime();
    }

    long backoffNanos(int failures) {
        return Backoff.STANDARD.delayNanos(failures, host.entropy());
    }

    /** What the source takes, all partitions together. */
    SourceRate rate() {
        return rate;
    }

    /** What may be fetched in a second. */
    ByteBudget budget() {
        return budget;
    }

    /** The source answered something, at this moment. */
    void answered() {
        answeredNanos = OptionalLong.of(now());
    }

    /** When the source answered last; empty when it never did. */
    OptionalLong answeredNanos() {
        return answeredNanos;
    }

    boolean isClosed() {
        return closed;
    }

    /** Stops every timer; the parts drop what is answered later. */
    void close() {
        closed = true;
        timers.close();
        waiters.clear();
    }

    // --- bytes in flight

    /** One more or one less connection that fetches. */
    void countLane(int change) {
        laneCount += change;
    }

    /** Bytes to ask for in one fetch: all lanes together stay within half of the budget. */
    int laneBytes() {
        long share = volume().inFlightBytesMax() / (2L * Math.max(1, laneCount));
        long bytes = Math.min(volume().fetchBytesMax(), budget.fetchBytesMax(laneCount));
        return (int) Math.max(LANE_BYTES_MIN, Math.min(bytes, share));
    }

    /** Whether another fetch fits; if not, the task runs when it may. */
    boolean admitsFetch(Runnable later) {
        if (inFlightBytes == 0 || inFlightBytes + laneBytes() <= volume().inFlightBytesMax()) {
            return true;
        }
        waiters.add(later);
        return false;
    }

    /** Counts a frame until its last holder is done. */
    void charge(FrameLease lease) {
        inFlightBytes += lease.bytes();
        budget.take(lease.bytes(), now());
        lease.onRelease(() -> discharge(lease.bytes()));
    }

    private LinkSpec.Volume volume() {
        return spec.settings().volume();
    }

    long inFlightBytes() {
        return inFlightBytes;
    }

    private void discharge(int bytes) {
        inFlightBytes -= bytes;
        var ready = List.copyOf(waiters);
        waiters.clear();
        ready.forEach(Runnable::run);
    }
}
