package io.tombolo.storage.cleaner;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;
import io.tombolo.environment.Offload;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.LogDamage;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.partition.LogCompaction;
import io.tombolo.storage.partition.LogCompaction.Dirt;
import io.tombolo.storage.segment.AbortedTransaction;
import io.tombolo.storage.segment.LogFiles;
import io.tombolo.storage.segment.Segment;
import io.tombolo.storage.segment.SegmentView;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One pass over one log. Mutable, confined to the loop that owns the log.
 *
 * <pre>
 * mapping      the latest offset of each key of what has not been compacted is noted
 * surveying    a segment that would stay alone is looked at: if nothing changes, it is left alone
 * writing      what is left of a group of segments is written into one, and forced
 * swapping     that one takes their place; then the next group
 * </pre>
 *
 * <p>The work is cut into steps off the loop. Between two of them the loop has its turn: it looks
 * whether the log is still the same and what the budget says. So a busy loop holds up its cleaner,
 * and never the other way round.
 */
final class LogCleaning {

    /** Bytes that one step reads and writes, at least one batch. */
    static final long STEP_BYTES = 1 << 20;

    /** How long it waits at most before it looks whether it is still wanted. */
    private static final long NAP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final PartitionLog log;
    private final LogCompaction compaction;
    private final Dirt dirt;
    private final Means means;
    private final Consumer<CleaningEnd> done;
    private final long generation;
    private final List<Segment> segments;
    private final List<SegmentView> allViews;
    private final ByteBuffer window;
    private final BatchCleaning.Times times;
    private @Nullable OffsetMap map;
    private @Nullable BatchCleaning cleaning;
    private @Nullable Segment target;
    private List<Integer> groups = List.of();
    private int firstOfGroup;

    /** Of so many segments the pass is through, and does not mind what becomes of them. */
    private int settledCount;

    private boolean ended;
    private long readBytes;
    private long writtenBytes;
    private long freedBytes;

    /**
     * What a pass works with.
     *
     * @param salt for the hashes of keys
     * @param stopped whether it is to end as soon as may be
     */
    record Means(
            CleanerSettings settings,
            BatchCleaning.Rules rules,
            Workplace place,
            IoBudget budget,
            long salt,
            BooleanSupplier stopped) {}

    /**
     * Where the work is done.
     *
     * @param lane of {@code offload}, its own while the pass lasts
     */
    record Workplace(Offload offload, int lane, Clock clock) {}

    private LogCleaning(PartitionLog log, Dirt dirt, Means means, Consumer<CleaningEnd> done) {
        this.log = log;
        this.compaction = log.compaction();
        this.dirt = dirt;
        this.means = means;
        this.done = done;
        this.generation = compaction.generation();
        this.segments = compaction.segmentsBelow(dirt.toOffset());
        this.allViews = compaction.views();
        this.window = ByteBuffer.allocate(means.settings.bufferBytesOfOne());
        this.times =
                new BatchCleaning.Times(
                        means.place.clock.wallTimeMs(),
                        compaction
                                .settings()
                                .compaction()
                                .map(LogSettings.Compaction::deleteRetention)
                                .orElseThrow()
                                .toMillis());
    }

    /**
     * Begins a pass over all there is to do; on the loop of the log.
     *
     * @param done called on the loop when it has ended
     */
    static void begin(PartitionLog log, Means means, Consumer<CleaningEnd> done) {
        LogCompaction compaction = log.compaction();
        Optional<Dirt> dirt = compaction.wanted() ? compaction.dirt() : Optional.empty();
        if (dirt.isEmpty()) {
            done.accept(new CleaningEnd.GivenUp());
            return;
        }
        try {
            var cleaning = new LogCleaning(log, dirt.get(), means, done);
            cleaning.submit(cleaning::readTransactions, cleaning::map);
        } catch (RuntimeException mistake) {
            done.accept(new CleaningEnd.Failed(mistake));
        }
    }

    private List<SegmentView> viewsOf(List<Segment> some) {
        return some.stream().map(segment -> segment.view().detached()).toList();
    }

    private Transactions readTransactions() throws IOException {
        var aborted = new ArrayList<AbortedTransaction>();
        for (SegmentView view : allViews) {
            aborted.addAll(view.aborted());
        }
        // Off the loop, because clearing so much memory takes a while, too.
        CleanerSettings settings = means.settings;
        map =
                new OffsetMap(
                        dirt.toOffset() - dirt.fromOffset(),
                        settings.dedupeBytesOfOne(),
                        settings.dedupeLoadFactor(),
                        means.salt);
        return new Transactions(aborted);
    }

    private void map(Transactions transactions) {
        OffsetMap latest = latest();
        cleaning =
                new BatchCleaning(
                        latest,
                        transactions,
                        compaction.producers(),
                        times,
                        means.rules,
                        means.settings.inflatedBytesMax());
        List<SegmentView> dirty =
                viewsOf(
                        segments.stream()
                                .filter(segment -> segment.endOffset() > dirt.fromOffset())
                                .toList());
        submit(
                () ->
                        new KeyScan(
                                latest,
                                transactions,
                                new SoundBatches(dirty, dirt.fromOffset(), window),
                                dirt.fromOffset(),
                                means.settings.inflatedBytesMax()),
                this::mapOn);
    }

    private void mapOn(KeyScan scan) {
        if (scan.done()) {
            group();
            return;
        }
        submit(
                () -> scan.step(STEP_BYTES),
                bytes -> {
                    readBytes += bytes;
                    later(bytes, () -> mapOn(scan));
                });
    }

    /** Only segments that were looked at, at least in part. */
    private void group() {
        OffsetMap latest = latest();
        List<Segment> mapped =
                segments.stream()
                        .filter(segment -> segment.baseOffset() <= latest.latestOffset())
                        .toList();
        List<SegmentGroups.Extent> extents =
                mapped.stream()
                        .map(segment ->
                                new SegmentGroups.Extent(
                                        segment.baseOffset(),
                                        segment.endOffset(),
                                        segment.sizeBytes()))
                        .toList();
        groups = SegmentGroups.sizes(extents, compaction.settings().segmentBytesMax());
        nextGroup();
    }

    private void nextGroup() {
        settledCount = firstOfGroup;
        if (groups.isEmpty()) {
            long reached = latest().latestOffset() + 1;
            Invariant.check(
                    reached > dirt.fromOffset(),
                    "a pass from %d on came to %d",
                    dirt.fromOffset(),
                    reached);
            compaction.compactedTo(reached);
            end(new CleaningEnd.Cleaned(reached, readBytes, writtenBytes, freedBytes));
            return;
        }
        int count = groups.getFirst();
        groups = groups.subList(1, groups.size());
        List<Segment> group = segments.subList(firstOfGroup, firstOfGroup + count);
        firstOfGroup += count;
        if (count == 1) {
            survey(group);
        } else {
            write(group);
        }
    }

    private OffsetMap latest() {
        return Objects.requireNonNull(map);
    }

    private BatchCleaning cleaning() {
        return Objects.requireNonNull(cleaning);
    }

    private void survey(List<Segment> group) {
        Transactions before = cleaning().pause();
        List<SegmentView> views = viewsOf(group);
        long end = group.getLast().endOffset();
        submit(
                () -> SegmentRewrite.survey(batches(views), cleaning(), end),
                survey ->
                        rewrite(
                                survey,
                                () -> {
                                    if (survey.changed()) {
                                        cleaning().resume(before);
                                        write(group);
                                    } else {
                                        nextGroup();
                                    }
                                }));
    }

    private SoundBatches batches(List<SegmentView> views) throws IOException {
        return new SoundBatches(views, views.getFirst().baseOffset(), window);
    }

    private void write(List<Segment> group) {
        List<SegmentView> views = viewsOf(group);
        long end = group.getLast().endOffset();
        LogSettings settings = compaction.settings();
        submit(
                () -> {
                    Segment created = compaction.createCleaned(group.getFirst().baseOffset());
                    target = created;
                    return SegmentRewrite.into(
                            created,
                            batches(views),
                            cleaning(),
                            end,
                            settings.indexIntervalBytes(),
                            means.settings.bufferBytesOfOne());
                },
                writing -> rewrite(writing, () -> swap(group)));
    }

    private void rewrite(SegmentRewrite rewriting, Runnable then) {
        if (rewriting.done()) {
            then.run();
            return;
        }
        submit(
                () -> rewriting.step(STEP_BYTES),
                bytes -> {
                    readBytes += bytes;
                    later(bytes, () -> rewrite(rewriting, then));
                });
    }

    private void swap(List<Segment> group) {
        Segment cleaned = Objects.requireNonNull(target);
        long before = group.stream().mapToLong(Segment::sizeBytes).sum();
        compaction.replace(
                group,
                cleaned,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Failed<Boolean>(Exception cause) -> fail(cause);
                        case Outcome.Done<Boolean>(Boolean swapped) -> {
                            if (!swapped) {
                                end(new CleaningEnd.GivenUp());
                                return;
                            }
                            target = null;
                            settledCount = firstOfGroup;
                            readBytes -= cleaned.sizeBytes();
                            writtenBytes += cleaned.sizeBytes();
                            freedBytes += before - cleaned.sizeBytes();
                            goOn(this::nextGroup);
                        }
                    }
                });
    }

    private <T> void submit(Callable<T> work, Consumer<T> then) {
        means.place.offload.submit(
                means.place.lane,
                work,
                loop(),
                outcome -> {
                    switch (outcome) {
                        case Outcome.Failed<T>(Exception cause) -> fail(cause);
                        case Outcome.Done<T>(T result) -> goOn(() -> then.accept(result));
                    }
                });
    }

    private EventLoop loop() {
        return compaction.owner();
    }

    /** A mistake of ours costs this pass, and not the loop. */
    private void goOn(Runnable next) {
        if (!valid()) {
            end(new CleaningEnd.GivenUp());
            return;
        }
        try {
            next.run();
        } catch (RuntimeException mistake) {
            end(new CleaningEnd.Failed(mistake));
        }
    }

    private boolean valid() {
        return !means.stopped.getAsBoolean()
                && !log.moving()
                && log.compaction() == compaction
                && compaction.wanted()
                && compaction.generation() == generation
                && segments.stream().skip(settledCount).noneMatch(Segment::removed);
    }

    private void later(long bytes, Runnable next) {
        long now = means.place.clock.nanoTime();
        pause(now + means.budget.spent(bytes, now), next);
    }

    private void pause(long untilNanos, Runnable next) {
        long restNanos = untilNanos - means.place.clock.nanoTime();
        if (!valid()) {
            end(new CleaningEnd.GivenUp());
        } else if (restNanos <= 0) {
            goOn(next);
        } else {
            long nap = Math.min(restNanos, NAP_NANOS);
            loop().schedule(nap, () -> pause(untilNanos, next));
        }
    }

    private void fail(Exception cause) {
        if (!valid()) {
            end(new CleaningEnd.GivenUp()); // its files may be gone
            return;
        }
        if (cause instanceof LogDamage damage) {
            compaction.foundDamage(damage);
        }
        end(new CleaningEnd.Failed(cause));
    }

    /** What it has begun to write goes, unless the log is somebody else's by now. */
    private void end(CleaningEnd how) {
        if (ended) {
            return;
        }
        ended = true;
        Segment unfinished = target;
        if (unfinished == null) {
            done.accept(how);
            return;
        }
        means.place.offload.submit(
                means.place.lane,
                () -> {
                    unfinished.deleteCleaned(LogFiles.CLEANED);
                    return true;
                },
                loop(),
                _ -> done.accept(how));
    }
}
