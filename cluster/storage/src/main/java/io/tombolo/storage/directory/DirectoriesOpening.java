package io.tombolo.storage.directory;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.OpenResult;
import io.tombolo.storage.log.PartitionLog;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** The way from paths to open {@link LogDirectories}. Confined to the loop of whoever asks. */
final class DirectoriesOpening {

    private final DirectoryPaths paths;
    private final DirectoryIdentity identity;
    private final LogEnvironment environment;
    private final Function<LogName, LogPlacement> placement;
    private final EventLoop loop;
    private final Consumer<DirectoriesResult> done;
    private final Map<Path, OpenResult> results = new TreeMap<>();
    private final List<String> remarks = new ArrayList<>();
    private Map<Path, UUID> known = Map.of();

    /** What was read before anything was touched. */
    private record Sight(Belonging belonging, Optional<Refusal> refusal) {}

    DirectoriesOpening(
            DirectoryPaths paths,
            DirectoryIdentity identity,
            LogEnvironment environment,
            Function<LogName, LogPlacement> placement,
            EventLoop loop,
            Consumer<DirectoriesResult> done) {
        this.paths = paths;
        this.identity = identity;
        this.environment = environment;
        this.placement = placement;
        this.loop = loop;
        this.done = done;
    }

    void open() {
        environment
                .offload()
                .submit(
                        paths.metadata().hashCode(),
                        this::look,
                        loop,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Failed<Sight>(Exception cause) ->
                                        done.accept(new DirectoriesResult.Failed(cause));
                                case Outcome.Done<Sight>(Sight seen) -> openUnlessRefused(seen);
                            }
                        });
    }

    private Sight look() throws IOException {
        var belonging = Belonging.of(paths, identity, environment.disk());
        return new Sight(
                belonging, belonging.refusal().or(() -> belonging.inUse(environment.disk())));
    }

    /** Nothing is touched of directories that do not belong together. */
    private void openUnlessRefused(Sight seen) {
        known = seen.belonging.known();
        seen.refusal.ifPresentOrElse(
                refusal -> done.accept(new DirectoriesResult.Refused(refusal)),
                () -> openAll(seen.belonging));
    }

    private void openAll(Belonging belonging) {
        DirectoryIdentity ours =
                identity.in(belonging.installation().orElseGet(environment.entropy()::nextUuid));
        belonging
                .unseen()
                .forEach((path, cause) -> results.put(path, new OpenResult.Failed(cause)));
        List<Path> all = paths.all();
        Path home = paths.metadata();
        for (Path path : all) {
            if (results.containsKey(path)) {
                continue;
            }
            LogDirectory.open(
                    path,
                    path.equals(home)
                            ? ours
                            : ours.of(
                                    KnownDirectories.idOf(known, path),
                                    Optional.of(KnownDirectories.normal(home))),
                    environment,
                    placement,
                    loop,
                    result -> {
                        results.put(path, result);
                        if (results.size() == all.size()) {
                            judge();
                        }
                    });
        }
    }

    private void judge() {
        Optional<DirectoriesResult> obstacle = obstacle();
        if (obstacle.isEmpty()) {
            begin();
            return;
        }
        var closing = new Countdown(() -> done.accept(obstacle.get()));
        for (LogDirectory directory : opened(paths.all())) {
            closing.await();
            directory.close(-1, loop, _ -> closing.down());
        }
        closing.arm();
    }

    private Optional<DirectoriesResult> obstacle() {
        for (OpenResult result : results.values()) {
            if (result instanceof OpenResult.Refused(Refusal refusal)) {
                return Optional.of(new DirectoriesResult.Refused(refusal));
            }
        }
        return failed(paths.metadata())
                .<DirectoriesResult>map(DirectoriesResult.Failed::new)
                .or(this::noneForLogs);
    }

    private Optional<Exception> failed(Path path) {
        return results.get(path) instanceof OpenResult.Failed(Exception cause)
                ? Optional.of(cause)
                : Optional.empty();
    }

    private Optional<DirectoriesResult> noneForLogs() {
        return opened(paths.logs()).isEmpty()
                ? failed(paths.logs().getFirst()).map(DirectoriesResult.Failed::new)
                : Optional.empty();
    }

    private List<LogDirectory> opened(List<Path> among) {
        var opened = new ArrayList<LogDirectory>();
        for (Path path : among) {
            if (results.get(path) instanceof OpenResult.Opened it) {
                opened.add(it.directory());
            }
        }
        return opened;
    }

    private void begin() {
        List<LogDirectory> opened = opened(paths.logs());
        var unopened = new ArrayList<LogDirectories.Unopened>();
        for (Path path : paths.logs()) {
            if (results.get(path) instanceof OpenResult.Failed(Exception cause)) {
                unopened.add(
                        new LogDirectories.Unopened(
                                path, KnownDirectories.idOf(known, path), cause));
            }
        }
        for (LogDirectory directory : opened) {
            directory
                    .damagedFiles()
                    .forEach(file ->
                            remarks.add(
                                    "%s is damaged and written anew"
                                            .formatted(directory.path().resolve(file))));
        }
        LogDirectory home = opened(List.of(paths.metadata())).getFirst();
        var directories =
                new LogDirectories(opened, unopened, home, environment, Set.copyOf(known.values()));
        var settling = new Countdown(() -> remember(directories));
        settle(directories, settling);
        settling.arm();
    }

    /** Of two logs of the same topic the one that goes further stays. */
    private void settle(LogDirectories directories, Countdown settling) {
        List<LogDirectory> opened = directories.all();
        opened.forEach(directory -> dropHalfMade(directory, settling));
        var names = new TreeSet<LogName>();
        opened.forEach(directory -> names.addAll(directory.names()));
        for (LogName name : names) {
            var copies = new ArrayList<LogDirectory>();
            opened.stream().filter(it -> it.log(name).isPresent()).forEach(copies::add);
            while (copies.size() > 1) {
                LogDirectory one = copies.removeLast();
                choose(name, one, copies).ifPresent(it -> drop(it, directories, settling));
            }
        }
    }

    /** A copy that says not yet whose it is has nothing to keep; neither has a broken one. */
    private void dropHalfMade(LogDirectory directory, Countdown settling) {
        for (LogName name : directory.futures()) {
            PartitionLog copy = directory.future(name).orElseThrow();
            if (copy.topicId().isEmpty() || copy.failure().isPresent()) {
                settling.await();
                directory.deleteFuture(name, loop, _ -> settling.down());
            }
        }
    }

    /** One of two logs that are copies of each other goes on, and takes its place in the list. */
    private static Optional<Choice> choose(
            LogName name, LogDirectory one, List<LogDirectory> others) {
        PartitionLog log = one.log(name).orElseThrow();
        for (int index = 0; index < others.size(); index++) {
            LogDirectory other = others.get(index);
            PartitionLog rival = other.log(name).orElseThrow();
            if (log.topicId().isPresent() && log.topicId().equals(rival.topicId())) {
                boolean further = FURTHER.compare(log, rival) > 0;
                others.set(index, further ? one : other);
                return Optional.of(new Choice(name, further ? other : one, further ? one : other));
            }
        }
        return Optional.empty();
    }

    /** Two copies of a log: the one that ends, and the one that goes on. */
    private record Choice(LogName name, LogDirectory loser, LogDirectory winner) {

        /**
         * Whether the one that ends has nothing that the other one lacks. Only a move that a crash
         * cut short leaves such two, in directories that ran together. In a directory that was away
         * meanwhile are records that were acknowledged, and the other log may have been made anew
         * without them: equal offsets and epochs say nothing of two such logs.
         */
        boolean superfluous(LogDirectories directories) {
            return directories.knewBefore(loser)
                    && directories.knewBefore(winner)
                    && has(winner.log(name).orElseThrow(), loser.log(name).orElseThrow());
        }

        private static boolean has(PartitionLog all, PartitionLog some) {
            return all.endOffset() >= some.endOffset()
                    && (some.latestEpoch().isEmpty()
                            || has(all, some, some.latestEpoch().getAsInt()));
        }

        private static boolean has(PartitionLog all, PartitionLog some, int epoch) {
            return all.endOffsetForEpoch(epoch)
                    .filter(it -> it.leaderEpoch() == epoch && it.endOffset() >= some.endOffset())
                    .isPresent();
        }
    }

    /** A log that works before one that does not; then as candidates of an election. */
    private static final Comparator<PartitionLog> FURTHER =
            Comparator.<PartitionLog, Boolean>comparing(log -> log.failure().isEmpty())
                    .thenComparingInt(log -> log.latestEpoch().orElse(-1))
                    .thenComparingLong(PartitionLog::endOffset);

    private void drop(Choice choice, LogDirectories directories, Countdown settling) {
        LogName name = choice.name;
        boolean sound = choice.loser.log(name).orElseThrow().failure().isEmpty();
        boolean superfluous = sound && choice.superfluous(directories);
        remarks.add(
                "%s is in two directories; the one in %s goes on, the one in %s is %s"
                        .formatted(
                                name,
                                choice.winner.path(),
                                choice.loser.path(),
                                superfluous
                                        ? "removed, as all of it is in the other one"
                                        : sound
                                                ? "set aside there, as %s.…-stray".formatted(name)
                                                : "left alone"));
        if (superfluous) {
            settling.await();
            choice.loser.deleteLog(name, loop, _ -> settling.down());
        } else if (sound) {
            settling.await();
            choice.loser.setAside(name, loop, _ -> settling.down());
        } else {
            choice.loser.disown(name);
        }
    }

    private void remember(LogDirectories directories) {
        var ids = new TreeMap<Path, UUID>();
        directories
                .all()
                .forEach(it -> ids.put(KnownDirectories.normal(it.path()), it.directoryId()));
        for (LogDirectories.Unopened it : directories.unopened()) {
            it.id().ifPresent(id -> ids.put(KnownDirectories.normal(it.path()), id));
        }
        Path home = paths.metadata();
        environment
                .offload()
                .submit(
                        home.hashCode(),
                        () -> {
                            if (paths.all().size() > 1 || !known.isEmpty()) {
                                KnownDirectories.write(environment.disk(), home, ids);
                            }
                            return true;
                        },
                        loop,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Failed<Boolean>(Exception cause) ->
                                        done.accept(new DirectoriesResult.Failed(cause));
                                case Outcome.Done<Boolean> _ ->
                                        done.accept(
                                                new DirectoriesResult.Opened(
                                                        directories, logs(), List.copyOf(remarks)));
                            }
                        });
    }

    private List<OpenResult.OpenedLog> logs() {
        var logs = new ArrayList<OpenResult.OpenedLog>();
        for (OpenResult result : results.values()) {
            if (result instanceof OpenResult.Opened it) {
                logs.addAll(it.logs());
            }
        }
        return logs;
    }
}
