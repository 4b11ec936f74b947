package io.tombolo.storage.cleaner;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogSettings;
import io.tombolo.storage.log.PartitionLog;
import io.tombolo.storage.partition.LogCompaction;
import io.tombolo.storage.partition.LogCompaction.Dirt;

import org.jspecify.annotations.Nullable;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Compacts the logs of a broker, those that need it most first. Confined to its home loop, except
 * where a method says otherwise.
 *
 * <p>Now and then it asks the loops of all logs what there is to do; a pass that has ended is
 * followed by another look at once. A log that cannot be compacted is told of once and left alone
 * for a while.
 */
public final class LogCleaner {

    /** How long a log is left alone that could not be compacted. */
    static final Duration UNCLEANABLE = Duration.ofMinutes(10);

    private final LogDirectories directories;
    private final Supplier<CleanerSettings> settings;
    private final Offload offload;
    private final EventLoop home;
    private final CleanerListener listener;
    private final BatchCleaning.Rules rules;
    private final IoBudget budget = new IoBudget();

    /** The lane of each pass that is under way. */
    private final Map<LogName, Integer> passes = new TreeMap<>();

    /** Since when they are left alone. */
    private final Map<LogName, Long> uncleanable = new TreeMap<>();

    private volatile Standing standing = new Standing(0, Set.of(), 0);
    private EventLoop.@Nullable Timer timer;
    private long freedBytes;
    private boolean looking;
    private volatile boolean stopped;
    private @Nullable Runnable whenStopped;

    /**
     * What there is to tell about compaction.
     *
     * @param passCount under way
     * @param uncleanable logs that could not be compacted when that was last tried
     * @param freedBytes since the start
     */
    public record Standing(int passCount, Set<LogName> uncleanable, long freedBytes) {}

    /** A log that could be compacted. */
    record Candidate(LogName name, PartitionLog log, Dirt dirt) {}

    /**
     * @param offload where passes are worked on, apart from what else blocks
     * @param home the loop that the cleaner belongs to
     */
    public LogCleaner(
            LogDirectories directories,
            Supplier<CleanerSettings> settings,
            Offload offload,
            EventLoop home,
            CleanerListener listener) {
        this(directories, settings, offload, home, listener, BatchCleaning.Rules.ALL);
    }

    LogCleaner(
            LogDirectories directories,
            Supplier<CleanerSettings> settings,
            Offload offload,
            EventLoop home,
            CleanerListener listener,
            BatchCleaning.Rules rules) {
        this.directories = directories;
        this.settings = settings;
        this.offload = offload;
        this.home = home;
        this.listener = listener;
        this.rules = rules;
    }

    public void start() {
        lookLater();
    }

    /** What it does and cannot do; callable from any thread. */
    public Standing standing() {
        return standing;
    }

    /**
     * Ends all passes soon and begins no other.
     *
     * @param then called once none is under way any more
     */
    public void stop(Runnable then) {
        stopped = true;
        whenStopped = then;
        if (timer != null) {
            timer.cancel();
        }
        tellWhenStopped();
    }

    private void tellWhenStopped() {
        Runnable then = whenStopped;
        if (stopped && passes.isEmpty() && then != null) {
            whenStopped = null;
            then.run();
        }
    }

    private void lookLater() {
        if (timer != null) {
            timer.cancel();
        }
        timer = home.schedule(settings.get().backoff().toNanos(), this::look);
    }

    /** Asks every loop about its logs; the answers come together on the home loop. */
    private void look() {
        if (stopped || looking) {
            return;
        }
        if (passes.size() >= settings.get().threads()) {
            lookLater();
            return;
        }
        Map<EventLoop, List<PartitionLog>> byLoop = logsByLoop();
        if (byLoop.isEmpty()) {
            lookLater();
            return;
        }
        looking = true;
        Set<LogName> left = leftAlone();
        var candidates = new ArrayList<Candidate>();
        var remaining = new int[] {byLoop.size()};
        byLoop.forEach((loop, logs) ->
                loop.execute(() -> {
                    List<Candidate> found = candidates(logs, left);
                    home.execute(() -> {
                        candidates.addAll(found);
                        remaining[0]--;
                        if (remaining[0] == 0) {
                            looking = false;
                            begin(candidates);
                        }
                    });
                }));
    }

    private Map<EventLoop, List<PartitionLog>> logsByLoop() {
        var byLoop = new LinkedHashMap<EventLoop, List<PartitionLog>>();
        for (LogDirectory directory : directories.all()) {
            if (directory.failure().isEmpty()) {
                for (LogName name : directory.names()) {
                    directory
                            .log(name)
                            .ifPresent(log ->
                                    byLoop.computeIfAbsent(
                                                    log.compaction().owner(),
                                                    _ -> new ArrayList<>())
                                            .add(log));
                }
            }
        }
        return byLoop;
    }

    /** Those that are being compacted, and those that could not be a while ago. */
    private Set<LogName> leftAlone() {
        long now = directories.environment().clock().nanoTime();
        var left = new TreeSet<>(passes.keySet());
        uncleanable.forEach((name, since) -> {
            if (now - since < UNCLEANABLE.toNanos()) {
                left.add(name);
            }
        });
        return left;
    }

    /** On the loop of the logs. */
    private static List<Candidate> candidates(List<PartitionLog> logs, Set<LogName> left) {
        var found = new ArrayList<Candidate>();
        for (PartitionLog log : logs) {
            LogCompaction compaction = log.compaction();
            if (compaction.wanted() && !log.moving() && !left.contains(log.name())) {
                compaction
                        .dirt()
                        .filter(dirt -> worthwhile(dirt, log.settings()))
                        .ifPresent(dirt -> found.add(new Candidate(log.name(), log, dirt)));
            }
        }
        return found;
    }

    private static boolean worthwhile(Dirt dirt, LogSettings settings) {
        double ratioMin =
                settings.compaction().map(LogSettings.Compaction::dirtyRatioMin).orElse(1.0);
        return dirt.overdue() || dirt.ratio() > ratioMin;
    }

    /** Those that have waited too long first, then by what there is to gain. */
    static List<Candidate> inOrder(List<Candidate> candidates) {
        return candidates.stream()
                .sorted(
                        Comparator.comparing((Candidate it) -> !it.dirt.overdue())
                                .thenComparing(it -> -it.dirt.ratio())
                                .thenComparing(Candidate::name))
                .toList();
    }

    private void begin(List<Candidate> candidates) {
        CleanerSettings now = settings.get();
        budget.allow(now.ioBytesPerSecondMax());
        for (Candidate candidate : inOrder(candidates)) {
            if (!stopped && passes.size() < now.threads()) {
                begin(candidate, now);
            }
        }
        tell();
        if (!stopped) {
            lookLater();
        }
    }

    private void begin(Candidate candidate, CleanerSettings now) {
        int lane = 0;
        while (passes.containsValue(lane)) {
            lane++;
        }
        passes.put(candidate.name, lane);
        var environment = directories.environment();
        var means =
                new LogCleaning.Means(
                        now,
                        rules,
                        new LogCleaning.Workplace(offload, lane, environment.clock()),
                        budget,
                        environment.entropy().nextLong(),
                        () -> stopped);
        Consumer<CleaningEnd> done = how -> home.execute(() -> ended(candidate.name, how));
        candidate
                .log
                .compaction()
                .owner()
                .execute(() -> LogCleaning.begin(candidate.log, means, done));
    }

    private void ended(LogName name, CleaningEnd how) {
        passes.remove(name);
        switch (how) {
            case CleaningEnd.Cleaned pass -> {
                uncleanable.remove(name);
                freedBytes += pass.freedBytes();
                listener.cleaned(name, pass);
            }
            case CleaningEnd.GivenUp _ -> {}
            case CleaningEnd.Failed(Exception cause) -> {
                long now = directories.environment().clock().nanoTime();
                if (uncleanable.put(name, now) == null) {
                    listener.uncleanable(name, cause);
                }
            }
        }
        tell();
        tellWhenStopped();
        if (how instanceof CleaningEnd.Cleaned) {
            look();
        }
    }

    private void tell() {
        standing = new Standing(passes.size(), Set.copyOf(uncleanable.keySet()), freedBytes);
    }
}
