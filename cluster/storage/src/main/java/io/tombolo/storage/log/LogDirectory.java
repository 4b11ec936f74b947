package io.tombolo.storage.log;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.partition.DirectoryCheckpoints;
import io.tombolo.storage.partition.LogContents;
import io.tombolo.storage.partition.LogOpening;
import io.tombolo.storage.segment.CleanStop;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.Segment;

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
    private final AutoCloseable lock;
    private final Map<LogName, PartitionLog> logs = new ConcurrentHashMap<>();

    LogDirectory(DirectoryOpening.Claim claim, LogEnvironment environment) {
        this.path = claim.path();
        this.environment = environment;
        this.directoryId = claim.directoryId();
        this.previousBrokerEpoch = claim.previousBrokerEpoch();
        this.checkpoints = claim.checkpoints();
        this.lock = claim.lock();
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

    /** The names of all logs, sorted. */
    public List<LogName> names() {
        return logs.keySet().stream().sorted().toList();
    }

    /** A log by name; to be used on its owner's loop only. */
    public Optional<PartitionLog> log(LogName name) {
        return Optional.ofNullable(logs.get(name));
    }

    void opened(PartitionLog log) {
        logs.put(log.name(), log);
    }

    /** Creates a log; {@code done} is called on the owner's loop, once. */
    public void createLog(
            LogName name,
            Optional<UUID> topicId,
            LogPlacement placement,
            Consumer<CreateResult> done) {
        LogContents contents = contentsOf(name, topicId, placement);
        environment
                .offload()
                .submit(
                        contents.lane(),
                        () -> create(contents),
                        placement.owner(),
                        outcome ->
                                done.accept(
                                        switch (outcome) {
                                            case Outcome.Done<CreateResult>(var result) -> result;
                                            case Outcome.Failed<CreateResult>(var cause) ->
                                                    failed(
                                                            contentsOf(name, topicId, placement),
                                                            cause);
                                        }));
    }

    private LogContents contentsOf(LogName name, Optional<UUID> topicId, LogPlacement placement) {
        return new LogContents(
                name,
                path.resolve(name.directoryName()),
                topicId,
                environment,
                placement,
                checkpoints);
    }

    private static CreateResult failed(LogContents empty, Exception cause) {
        empty.fail(cause);
        return new CreateResult.Failed(new PartitionLog(empty));
    }

    /** Runs on the lane of the name, one after the other. */
    private CreateResult create(LogContents contents) throws IOException {
        PartitionLog existing = logs.get(contents.name);
        if (existing != null) {
            return new CreateResult.Exists(existing);
        }
        try {
            return createNew(contents);
        } catch (IOException failure) {
            close(contents.segments, failure);
            throw failure;
        }
    }

    private CreateResult createNew(LogContents contents) throws IOException {
        checkpoints.forget(contents.name);
        environment.disk().createDirectories(contents.directory);
        if (contents.topicId.isPresent()) {
            PartitionMetadata.write(environment.disk(), contents.directory, contents.topicId.get());
        }
        new LogOpening(contents, false, LogOpening.Caution.FULL).open();
        environment.disk().forceDirectory(path);
        Exception refusal = contents.failure();
        if (refusal != null) {
            throw new IOException(refusal);
        }
        var log = new PartitionLog(contents);
        logs.put(contents.name, log);
        return new CreateResult.Created(log);
    }

    /** Gives back the files of a log that is not going to be one. */
    private static void close(List<Segment> segments, IOException because) {
        for (Segment segment : segments) {
            try {
                segment.log().close();
            } catch (IOException alsoFailed) {
                because.addSuppressed(alsoFailed);
            }
        }
    }

    /**
     * Deletes a log: it is renamed, so that the name is free again, and its files are removed
     * later. Nobody may use the log once this is called. {@code done} is called on the owner's loop
     * when the new name is durable; with false when there was no such log.
     */
    public void deleteLog(LogName name, EventLoop replyTo, Consumer<Outcome<Boolean>> done) {
        PartitionLog log = logs.remove(name);
        if (log == null) {
            replyTo.execute(() -> done.accept(new Outcome.Done<>(false)));
            return;
        }
        new LogDeletion(log.contents(), path).begin(replyTo, done);
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
                        done);
    }

    private Collection<LogContents> contents() {
        var all = new ArrayList<LogContents>();
        logs.values().forEach(log -> all.add(log.contents()));
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
        Collection<PartitionLog> open = List.copyOf(logs.values());
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
                            checkpoints.write(contents());
                            if (sound) {
                                CleanStop.mark(environment.disk(), path, brokerEpoch);
                            }
                            lock.close();
                            return sound;
                        },
                        replyTo,
                        done);
    }
}
