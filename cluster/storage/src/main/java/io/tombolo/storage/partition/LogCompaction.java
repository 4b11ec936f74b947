package io.tombolo.storage.partition;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.segment.Segment;
import io.tombolo.storage.segment.SegmentView;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What the log cleaner may know of a log and do to it. Confined to the log's loop, except where a
 * method says otherwise.
 */
public final class LogCompaction {

    private final LogContents log;
    private final SegmentRemoval removal;

    public LogCompaction(LogContents log, SegmentRemoval removal) {
        this.log = log;
        this.removal = removal;
    }

    /**
     * What is not taken for granted; less than {@link #FULL} only in tests of the tests.
     *
     * @param yieldsToCuts a log that is cut takes a swap that is under way into account
     */
    public record Caution(
            boolean yieldsToCuts, boolean stopsAtUnstable, boolean stopsAtHighWatermark) {

        public static final Caution FULL = new Caution(true, true, true);
    }

    /**
     * How much of a log is worth compacting.
     *
     * @param fromOffset below it everything has been compacted before
     * @param toOffset where whole segments end that may be compacted now
     * @param cleanBytes of the segments below {@code fromOffset}
     * @param dirtyBytes of the segments between the two
     * @param overdue whether a record in between has waited for {@code max.compaction.lag.ms}
     */
    public record Dirt(
            long fromOffset, long toOffset, long cleanBytes, long dirtyBytes, boolean overdue) {

        /** The share of the bytes that would be looked at that have not been compacted before. */
        public double ratio() {
            return (double) dirtyBytes / (cleanBytes + dirtyBytes);
        }
    }

    /**
     * The last trace of a producer, which a start must still find.
     *
     * @param lastDataOffset of its last record; -1 when only a marker is left of its epoch
     */
    public record ProducerTrace(long lastDataOffset, short epoch) {}

    /** The loop that owns the log; callable from any thread. */
    public EventLoop owner() {
        return log.owner;
    }

    /** Whether the log can be used, and is compacted at all. */
    public boolean wanted() {
        return log.failure() == null && log.opened && log.settings.compacted();
    }

    public LogSettings settings() {
        return log.settings;
    }

    /** Grows with every truncation: a compaction that began before is void. */
    public long generation() {
        return log.generation;
    }

    /**
     * What could be compacted now: closed segments that are durable and whose records are all
     * committed, none of an open transaction and none too young.
     */
    public Optional<Dirt> dirt() {
        LogSettings.Compaction settings = log.settings.compaction().orElseThrow();
        long known = log.checkpoints.cleanedTo(log.name);
        long from = known < log.startOffset || known > log.endOffset ? log.startOffset : known;
        long limit = Math.min(Math.min(log.recoveryPoint, log.durableOffset), stableOffset());
        long nowMs = log.nowMs();
        long cleanBytes = 0;
        long dirtyBytes = 0;
        long to = from;
        boolean overdue = false;
        for (Segment segment : log.segments.subList(0, log.segments.size() - 1)) {
            if (segment.endOffset() <= from) {
                cleanBytes += segment.sizeBytes();
            } else if (segment.endOffset() > limit || young(segment, settings, nowMs)) {
                break;
            } else {
                dirtyBytes += segment.sizeBytes();
                to = segment.endOffset();
                overdue |= nowMs - segment.firstTimestampMs() > settings.lagMax().toMillis();
            }
        }
        return dirtyBytes == 0
                ? Optional.empty()
                : Optional.of(new Dirt(from, to, cleanBytes, dirtyBytes, overdue));
    }

    /**
     * Markers count that are durable: otherwise a power failure could take back the end of a
     * transaction whose records have taken the place of others.
     */
    private long stableOffset() {
        long committed =
                log.caution.stopsAtHighWatermark
                        ? Math.min(log.highWatermark, log.durableOffset)
                        : log.endOffset;
        return log.caution.stopsAtUnstable ? log.producers.lastStableOffset(committed) : committed;
    }

    private static boolean young(Segment segment, LogSettings.Compaction settings, long nowMs) {
        long lagMs = settings.lagMin().toMillis();
        return lagMs > 0 && segment.newestMs() > nowMs - lagMs;
    }

    /** The closed segments that end at or below an offset, oldest first. */
    public List<Segment> segmentsBelow(long offset) {
        return log.segments.subList(0, log.segments.size() - 1).stream()
                .filter(segment -> segment.endOffset() <= offset)
                .toList();
    }

    /** Every segment, to be looked at off the loop. */
    public List<SegmentView> views() {
        var views = new ArrayList<SegmentView>();
        log.segments.forEach(segment -> views.add(segment.view().detached()));
        return views;
    }

    /** The last traces of all producers, by producer id. */
    public Map<Long, ProducerTrace> producers() {
        var traces = new HashMap<Long, ProducerTrace>();
        log.producers.traces(traces::put);
        return traces;
    }

    /** Creates the segment that is to replace others. Blocks; called off the loop. */
    public Segment createCleaned(long baseOffset) throws IOException {
        return Segment.createCleaned(log.disk(), log.directory, baseOffset, log.nowMs());
    }

    /**
     * Puts a segment into the place of others; see {@link SegmentSwap}.
     *
     * @param done called on the loop with whether it is there now; false when the log has been cut
     *     meanwhile
     */
    public void replace(List<Segment> replaced, Segment cleaned, Consumer<Outcome<Boolean>> done) {
        new SegmentSwap(log, removal, replaced, cleaned, done).begin();
    }

    /** Everything below an offset has been compacted. */
    public void compactedTo(long offset) {
        log.checkpoints.noteCleaned(log.name, offset);
    }

    /** Some of the files are damaged; callable from any thread. */
    public void foundDamage(LogDamage damage) {
        log.foundDamage(damage);
    }
}
