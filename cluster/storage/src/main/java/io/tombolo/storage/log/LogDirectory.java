package io.tombolo.storage.log;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.partition.DirectoryCheckpoints;
import io.tombolo.storage.partition.LogContents;
import io.tombolo.storage.partition.LogCreation;
import io.tombolo.storage.partition.LogOpening;
import io.tombolo.storage.partition.LogReopening;
import io.tombolo.storage.segment.CleanStop;

import org.jspecify.annotations.Nullable;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A data directory of one broker: the exclusive right to it, its identity, its logs and their
 * checkpoints. Callable from any thread; every answer comes on the loop named for it.
 */
public final class LogDirectory {

    private final Path path;
    private final LogEnvironment environment;
    private final UUID directoryId;
    private final OptionalLong previousBrokerEpoch;
    private final DirectoryCheckpoints checkpoints;
    private final Closeable lock;
    private final boolean fresh;
    private final Map<LogName, PartitionLog> logs = new ConcurrentHashMap<>();
    private final Map<LogName, PartitionLog> futures = new ConcurrentHashMap<>();
    private final DirectoryHealth health = new DirectoryHealth();
    private final AtomicInteger beingMade = new AtomicInteger();
    private volatile @Nullable Exception failure;
    private volatile Consumer<LogDirectory> offlineListener = _ -> {};

    LogDirectory(DirectoryOpening.Claim claim, LogEnvironment environment) {
        this.path = claim.path();
        this.environment = environment;
        this.directoryId = claim.past().directoryId();
        this.previousBrokerEpoch = claim.past().previousBrokerEpoch();
        this.checkpoints = claim.checkpoints();
        this.lock = claim.lock();
        this.fresh = claim.past().fresh();
    }

    /**
     * Opens a directory, creating it when it does not exist: takes its lock, checks whose it is,
     * and opens all logs side by side, repairing what an unclean stop left.
     *
     * @param placement settings and owner of each log found; called on {@code Offload}
     * @param replyTo the loop on which {@code done} is called, once
     */
    public static void open(
            Path path,
            DirectoryIdentity identity,
            LogEnvironment environment,
            Function<LogName, LogPlacement> placement,
            EventLoop replyTo,
            Consumer<OpenResult> done) {
        new DirectoryOpening(path, identity, environment, LogOpening.Caution.FULL)
                .open(placement, replyTo, done);
    }

    /** The directory's own id, made when it was first used. */
    public UUID directoryId() {
        return directoryId;
    }

    public Path path() {
        return path;
    }

    /**
     * The broker epoch given to {@link #close} when the directory was last closed properly; empty
     * after an unclean stop, so that the controller can tell (KIP-966).
     */
    public OptionalLong previousBrokerEpoch() {
        return previousBrokerEpoch;
    }

    /** Whether it was used for the first time when it was opened. */
    public boolean fresh() {
        return fresh;
    }

    /** The names of all logs, sorted. */
    public List<LogName> names() {
        return logs.keySet().stream().sorted().toList();
    }

    /** A log by name; to be used on its owner's loop only. */
    public Optional<PartitionLog> log(LogName name) {
        return Optional.ofNullable(logs.get(name));
    }

    /** Copies of logs in other directories, which are to take their place; sorted by name. */
    public List<LogName> futures() {
        return futures.keySet().stream().sorted().toList();
    }

    /** The copy that is to become a log here; to be used on its owner's loop only. */
    public Optional<PartitionLog> future(LogName name) {
        return Optional.ofNullable(futures.get(name));
    }

    /**
     * Whether the last proper stop left a log of this name here that never had a record, so that
     * there are no files of it: then it is nowhere else.
     */
    public boolean leftUnwritten(LogName name) {
        return previousBrokerEpoch.isPresent() && checkpoints.listsUnwritten(name);
    }

    /**
     * A log that had records here and whose folder is gone, as one that has failed: an empty one in
     * its place would pass for it. Empty when it is here, or never had a record.
     *
     * @param topicId whose the log was; the checkpoints do not tell
     */
    public Optional<PartitionLog> vanished(LogName name, UUID topicId, LogPlacement placement) {
        long end = checkpoints.knownEnd(name);
        if (end == 0 || logs.containsKey(name)) {
            return Optional.empty();
        }
        LogContents contents =
                contentsOf(name, name.directoryName(), Optional.of(topicId), placement);
        contents.begun = false;
        var log = new PartitionLog(contents);
        logs.put(name, log);
        long start = checkpoints.logStart(name);
        String reason = "their folder %s is gone".formatted(contents.directory);
        log.fail(new LogDamage(start, Math.max(end, start + 1), reason));
        return Optional.of(log);
    }

    /** Whether there are logs, or the checkpoints tell of some. */
    public boolean knowsLogs() {
        return !logs.isEmpty() || !checkpoints.names().isEmpty();
    }

    /** How many logs there are or will be. */
    public int logCount() {
        return logs.size() + futures.size() + beingMade.get();
    }

    /** Why the directory is offline; empty while it works. */
    public Optional<Exception> failure() {
        return Optional.ofNullable(failure);
    }

    /** Checkpoint files that could not be understood and are being written anew. */
    public List<String> damagedFiles() {
        return checkpoints.damaged();
    }

    /**
     * Calls the listener once, on any thread, when the directory goes offline; by then all its logs
     * are being ended.
     */
    public void onOffline(Consumer<LogDirectory> listener) {
        offlineListener = listener;
    }

    void opened(PartitionLog log) {
        logs.put(log.name(), log);
        watch(log.contents());
        log.failure().ifPresent(cause -> logFailed(log.contents(), cause));
    }

    void openedFuture(PartitionLog log) {
        futures.put(log.name(), log);
        watch(log.contents());
    }

    private void watch(LogContents contents) {
        contents.onFaultAnywhere(cause -> logFailed(contents, cause));
    }

    private void logFailed(LogContents contents, Exception cause) {
        DirectoryHealth.Verdict verdict;
        synchronized (health) {
            verdict = health.logFailed(contents.name, cause);
        }
        carryOut(verdict, cause, contents.owner);
    }

    private void directoryFailed(Exception cause, EventLoop loop) {
        DirectoryHealth.Verdict verdict;
        synchronized (health) {
            verdict = health.directoryFailed();
        }
        carryOut(verdict, cause, loop);
    }

    private void carryOut(DirectoryHealth.Verdict verdict, Exception cause, EventLoop loop) {
        switch (verdict) {
            case GO_ON -> {}
            case PROBE -> probe(cause, loop);
            case OFFLINE -> goOffline(cause);
        }
    }

    private void probe(Exception cause, EventLoop loop) {
        environment
                .offload()
                .submit(
                        path.hashCode(),
                        new DirectoryProbe(environment.disk(), path),
                        loop,
                        outcome -> {
                            var finding =
                                    outcome instanceof Outcome.Done<DirectoryProbe.Finding>(var it)
                                            ? it
                                            : new DirectoryProbe.Finding(false, false);
                            DirectoryHealth.Verdict verdict;
                            synchronized (health) {
                                verdict = health.probed(finding.sound(), finding.full());
                            }
                            carryOut(verdict, cause, loop);
                        });
    }

    private void goOffline(Exception cause) {
        failure = cause;
        var fault = new IOException("the directory " + path + " is offline", cause);
        for (PartitionLog log : all()) {
            log.contents().owner.execute(() -> log.fail(fault));
        }
        offlineListener.accept(this);
    }

    private List<PartitionLog> all() {
        var all = new ArrayList<>(logs.values());
        all.addAll(futures.values());
        return all;
    }

    /**
     * Creates a log, without files as long as it has no record; {@code done} is called on the
     * owner's loop, once.
     */
    public void createLog(
            LogName name,
            Optional<UUID> topicId,
            LogPlacement placement,
            Consumer<CreateResult> done) {
        create(contentsOf(name, name.directoryName(), topicId, placement), logs, done);
    }

    /**
     * As {@link #createLog}, but makes an empty copy that is to take the place of a log in another
     * directory.
     */
    public void createFuture(
            LogName name,
            Optional<UUID> topicId,
            LogPlacement placement,
            Consumer<CreateResult> done) {
        String unique = environment.entropy().nextUuid().toString().replace("-", "");
        String directoryName = name.futureDirectoryName(unique);
        create(contentsOf(name, directoryName, topicId, placement), futures, done);
    }

    private void create(
            LogContents contents, Map<LogName, PartitionLog> among, Consumer<CreateResult> done) {
        beingMade.incrementAndGet();
        environment
                .offload()
                .submit(
                        contents.lane(),
                        () -> create(contents, among),
                        contents.owner,
                        outcome -> {
                            beingMade.decrementAndGet();
                            done.accept(
                                    switch (outcome) {
                                        case Outcome.Done<CreateResult>(var result) -> result;
                                        case Outcome.Failed<CreateResult>(var cause) ->
                                                failed(contents, cause);
                                    });
                        });
    }

    private LogContents contentsOf(
            LogName name, String directoryName, Optional<UUID> topicId, LogPlacement placement) {
        var contents =
                new LogContents(
                        name,
                        path.resolve(directoryName),
                        topicId,
                        environment,
                        placement,
                        checkpoints);
        watch(contents);
        return contents;
    }

    /**
     * Opens a log anew that has failed while its directory works, as a start after a crash would.
     * Nobody may use the old one any more.
     *
     * @param limitOffset everything from here on is cut off: nobody may count on this replica for
     *     it any more; {@link Long#MAX_VALUE} to keep all that is sound
     * @param done called on the owner's loop with the log, which may have failed again
     */
    public void reopenLog(
            LogName name, LogPlacement placement, long limitOffset, Consumer<PartitionLog> done) {
        LogContents old = log(name).orElseThrow().contents();
        var reopening = new LogReopening(old, this::writable, placement, limitOffset);
        environment
                .offload()
                .submit(
                        old.lane(),
                        reopening,
                        placement.owner(),
                        outcome -> {
                            LogContents opened = reopening.contents(outcome);
                            var log = new PartitionLog(opened);
                            if (failure != null && opened.failure() == null) {
                                log.fail(new IOException("the directory is offline", failure));
                            }
                            logs.replace(name, log);
                            watch(opened);
                            log.failure().ifPresent(cause -> logFailed(opened, cause));
                            done.accept(log);
                        });
    }

    private boolean writable() {
        var finding = new DirectoryProbe(environment.disk(), path).call();
        return finding.sound() && !finding.full();
    }

    /** A log that has failed and is no part of the directory, in place of one that nobody has. */
    public PartitionLog unusable(
            LogName name, Optional<UUID> topicId, LogPlacement placement, Exception cause) {
        var empty =
                new LogContents(
                        name,
                        path.resolve(name.directoryName()),
                        topicId,
                        environment,
                        placement,
                        checkpoints);
        empty.fail(cause);
        return new PartitionLog(empty);
    }

    private CreateResult failed(LogContents contents, Exception cause) {
        var empty =
                contentsOf(
                        contents.name,
                        contents.name.directoryName(),
                        contents.topicId,
                        new LogPlacement(contents.settings, contents.owner));
        empty.fail(cause);
        return new CreateResult.Failed(new PartitionLog(empty));
    }

    /** Runs on the lane of the name, one after the other. */
    private CreateResult create(LogContents contents, Map<LogName, PartitionLog> among)
            throws IOException {
        PartitionLog existing = among.get(contents.name);
        if (existing != null) {
            return new CreateResult.Exists(existing);
        }
        Exception ended = failure;
        if (ended != null) {
            throw new IOException("the directory " + path + " is offline", ended);
        }
        var creation = new LogCreation(contents);
        if (among == futures) {
            creation.withFiles();
        } else {
            creation.unwritten();
        }
        var log = new PartitionLog(contents);
        among.put(contents.name, log);
        return new CreateResult.Created(log);
    }

    /**
     * Deletes a log: it is renamed, so that the name is free again, and its files are removed
     * later. Nobody may use the log once this is called. {@code done} is called on the owner's loop
     * when the new name is durable; with false when there was no such log.
     */
    public void deleteLog(LogName name, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        delete(logs.remove(name), replyTo, done);
    }

    /**
     * As {@link #deleteLog}, but the files stay, under a name that no start takes for a log: nobody
     * knows whether they may go.
     */
    public void setAside(LogName name, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        PartitionLog log = logs.remove(name);
        if (log == null) {
            replyTo.execute(() -> done.accept(new Outcome.Done<>(false)));
            return;
        }
        LogDeletion.onlyOfName(log.contents(), path).begin(replyTo, done);
    }

    /** Forgets a log that failed to open, because there is another one; its files stay. */
    public void disown(LogName name) {
        logs.remove(name);
    }

    /** As {@link #deleteLog}, for the copy of a log that is not going to be moved here. */
    public void deleteFuture(LogName name, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        delete(futures.remove(name), replyTo, done);
    }

    private void delete(
            @Nullable PartitionLog log, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        if (log == null) {
            replyTo.execute(() -> done.accept(new Outcome.Done<>(false)));
            return;
        }
        new LogDeletion(log.contents(), path).begin(replyTo, done);
    }

    /**
     * Begins to move a log to another directory, where its {@link #future} is; on the loop of its
     * owner.
     *
     * @param done called on that loop when it is there, or is not going to be
     */
    public LogMove move(
            LogName name, LogDirectory target, LogMove.Pace pace, Consumer<LogMove.Ending> done) {
        return move(name, target, new LogMove.Order(done, LogMove.Rules.ALL, pace));
    }

    LogMove move(LogName name, LogDirectory target, LogMove.Order order) {
        PartitionLog log = log(name).orElseThrow();
        PartitionLog copy = target.future(name).orElseThrow();
        var move = new LogMove(this, target, log, copy, order);
        move.start();
        return move;
    }

    /**
     * Stops all moves to this directory, on the loops of their owners.
     *
     * @param then called on {@code replyTo} when none is under way any more
     */
    public void stopMoves(EventLoop replyTo, Runnable then) {
        List<PartitionLog> copies = List.copyOf(futures.values());
        var remaining = new AtomicInteger(copies.size() + 1);
        Runnable stopped =
                () -> {
                    if (remaining.decrementAndGet() == 0) {
                        replyTo.execute(then);
                    }
                };
        for (PartitionLog copy : copies) {
            copy.contents()
                    .owner
                    .execute(() -> {
                        copy.stopMove();
                        stopped.run();
                    });
        }
        stopped.run();
    }

    /** Gives a copy the name of the log; durable on return, so it blocks for an fsync or two. */
    void promote(PartitionLog copy) throws IOException {
        LogContents contents = copy.contents();
        Path renamed = path.resolve(contents.name.directoryName());
        checkpoints.raiseLogStart(contents.name, contents.startOffset);
        environment.disk().move(contents.directory, renamed);
        contents.movedTo(renamed);
        environment.disk().forceDirectory(path);
    }

    /** A log goes on in the files of its promoted copy. */
    void adopt(PartitionLog log) {
        futures.remove(log.name());
        logs.put(log.name(), log);
    }

    /**
     * A log has gone on elsewhere: its files here lose their name before this returns. When that
     * fails, this disk is asked whether it still works, and the next start finds the two.
     */
    void leave(LogContents left) {
        logs.remove(left.name);
        var deletion = new LogDeletion(left, path);
        try {
            deletion.now();
        } catch (IOException fault) {
            directoryFailed(fault, left.owner);
            return;
        }
        deletion.begin(left.owner, _ -> {});
    }

    /**
     * Writes recovery points, log starts and high watermarks of all logs; {@code done} is called
     * once they are durable.
     */
    public void checkpoint(EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        environment
                .offload()
                .submit(
                        path.hashCode(),
                        () -> {
                            checkpoints.write(contents());
                            return true;
                        },
                        replyTo,
                        outcome -> {
                            if (outcome instanceof Outcome.Failed<Boolean>(Exception cause)) {
                                directoryFailed(cause, replyTo);
                            }
                            done.accept(outcome);
                        });
    }

    private Collection<LogContents> contents() {
        var all = new ArrayList<LogContents>();
        all().forEach(log -> all.add(log.contents()));
        return all;
    }

    /**
     * Closes all logs, leaves the mark of a clean stop and gives up the lock. Nobody may use the
     * logs once this is called. When a log had failed there is no such mark; {@code done} gets
     * false.
     *
     * @param brokerEpoch what {@link #previousBrokerEpoch} is to say next time, -1 when there is
     *     none
     */
    public void close(long brokerEpoch, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        Collection<PartitionLog> open = all();
        var remaining = new AtomicInteger(open.size());
        var sound = new AtomicBoolean(true);
        if (open.isEmpty()) {
            finish(true, brokerEpoch, replyTo, done);
        }
        for (PartitionLog log : open) {
            log.contents()
                    .owner
                    .execute(() ->
                            log.close(outcome -> {
                                if (!(outcome instanceof Outcome.Done<Boolean>(var closed))
                                        || !closed) {
                                    sound.set(false);
                                }
                                if (remaining.decrementAndGet() == 0) {
                                    finish(sound.get(), brokerEpoch, replyTo, done);
                                }
                            }));
        }
    }

    private void finish(
            boolean sound, long brokerEpoch, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        environment
                .offload()
                .submit(
                        path.hashCode(),
                        () -> {
                            try {
                                if (failure == null) {
                                    checkpoints.write(contents());
                                    if (sound) {
                                        CleanStop.mark(environment.disk(), path, brokerEpoch);
                                    }
                                }
                            } finally {
                                lock.close();
                            }
                            return sound && failure == null;
                        },
                        replyTo,
                        done);
    }
}
