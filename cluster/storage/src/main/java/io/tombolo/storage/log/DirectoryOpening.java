package io.tombolo.storage.log;

import io.tombolo.environment.Disk;
import io.tombolo.environment.Disk.LockHeld;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.DirectoryIdentity.Refusal;
import io.tombolo.storage.partition.DirectoryCheckpoints;
import io.tombolo.storage.partition.LogContents;
import io.tombolo.storage.partition.LogOpening;
import io.tombolo.storage.segment.CleanStop;
import io.tombolo.storage.segment.NoRoom;
import io.tombolo.storage.segment.PartitionMetadata;
import io.tombolo.storage.segment.PropertyFile;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/** The way from a path to an open {@link LogDirectory}. */
final class DirectoryOpening {

    private static final String META = DirectoryIdentity.FILE;

    /** With less a directory is not begun: the reserve of the metadata log is half of it. */
    private static final long FIRST_BYTES_MIN = 2 << 20;

    private final Path path;
    private final DirectoryIdentity identity;
    private final LogEnvironment environment;
    private final LogOpening.Caution caution;
    private final Disk disk;

    /** What is known of a directory that is ours. */
    record Claim(
            Path path,
            Closeable lock,
            Past past,
            DirectoryCheckpoints checkpoints,
            List<Found> found) {

        List<LogName> names() {
            return found.stream().map(Found::name).toList();
        }
    }

    /**
     * What the directory was before.
     *
     * @param fresh whether it was none of ours yet, so that the id is new
     * @param previousBrokerEpoch of the broker that stopped with it, if that was clean
     */
    record Past(UUID directoryId, boolean fresh, OptionalLong previousBrokerEpoch) {

        boolean cleanlyStopped() {
            return previousBrokerEpoch.isPresent();
        }
    }

    /**
     * A log, or the copy of one that is on its way here.
     *
     * @param path where it is
     */
    record Found(LogName name, Path path, boolean future) {}

    /** Ours or not. */
    private sealed interface Claiming {
        record Claimed(Claim claim) implements Claiming {}

        record Refused(Refusal refusal) implements Claiming {}
    }

    DirectoryOpening(
            Path path,
            DirectoryIdentity identity,
            LogEnvironment environment,
            LogOpening.Caution caution) {
        this.path = path;
        this.identity = identity;
        this.environment = environment;
        this.caution = caution;
        this.disk = environment.disk();
    }

    void open(
            Function<LogName, LogPlacement> placement,
            EventLoop replyTo,
            Consumer<OpenResult> done) {
        environment
                .offload()
                .submit(
                        path.hashCode(),
                        this::claim,
                        replyTo,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Failed<Claiming>(var cause) ->
                                        done.accept(new OpenResult.Failed(cause));
                                case Outcome.Done<Claiming>(Claiming.Refused(var refusal)) ->
                                        done.accept(new OpenResult.Refused(refusal));
                                case Outcome.Done<Claiming>(Claiming.Claimed(var claim)) ->
                                        openLogs(claim, placement, replyTo, done);
                            }
                        });
    }

    private Claiming claim() throws IOException {
        Path meta = path.resolve(META);
        Optional<UUID> known = identity.directoryId();
        if (known.isPresent() && !disk.exists(meta)) {
            throw new IOException(
                    "there is no %s, although the directory had the id %s: is its disk mounted?"
                            .formatted(meta, PartitionMetadata.text(known.get())));
        }
        disk.createDirectories(path);
        if (!disk.exists(meta)) {
            checkRoomToBegin();
        }
        Closeable lock;
        try {
            lock = disk.lock(path.resolve(DirectoryIdentity.LOCK));
        } catch (LockHeld held) {
            return new Claiming.Refused(Refusal.inUse(path, held));
        }
        try {
            probe();
            Claiming claiming = claim(meta, lock);
            if (claiming instanceof Claiming.Refused) {
                lock.close();
            }
            return claiming;
        } catch (IOException | RuntimeException failure) {
            lock.close();
            throw failure;
        }
    }

    private void probe() throws IOException {
        try {
            new DirectoryProbe(disk, path).write();
        } catch (IOException failure) {
            if (!NoRoom.explains(failure, disk, path)) {
                throw failure;
            }
            // What is on a full disk can be read.
            disk.delete(path.resolve(DirectoryProbe.FILE));
        }
    }

    /** Whoever begins on a full disk would have to wait for room with half of its files there. */
    private void checkRoomToBegin() throws IOException {
        long spareBytes = disk.usableBytes(path);
        if (spareBytes < FIRST_BYTES_MIN) {
            throw new IOException(
                    "there is no room on the disk of %s to begin with: %d bytes are free, and %d are needed"
                            .formatted(path, spareBytes, FIRST_BYTES_MIN));
        }
    }

    private Claiming claim(Path meta, Closeable lock) throws IOException {
        UUID directoryId = environment.entropy().nextUuid();
        boolean fresh = !disk.exists(meta);
        if (!fresh) {
            Map<String, String> pairs =
                    PropertyFile.decode(disk.readAll(meta), "=").orElse(Map.of());
            Optional<Refusal> foreign = identity.objection(path, pairs);
            if (foreign.isPresent()) {
                return new Claiming.Refused(foreign.get());
            }
            directoryId =
                    PartitionMetadata.parse(pairs.getOrDefault(DirectoryIdentity.DIRECTORY, ""))
                            .orElse(directoryId);
        }
        writeMeta(meta, directoryId);
        var past = new Past(directoryId, fresh, CleanStop.take(disk, path));
        var checkpoints = DirectoryCheckpoints.load(disk, path);
        return new Claiming.Claimed(new Claim(path, lock, past, checkpoints, found(checkpoints)));
    }

    private void writeMeta(Path meta, UUID directoryId) throws IOException {
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("cluster.id", identity.clusterId());
        pairs.put(DirectoryIdentity.DIRECTORY, PartitionMetadata.text(directoryId));
        identity.installation()
                .map(PartitionMetadata::text)
                .ifPresent(id -> pairs.put(DirectoryIdentity.INSTALLATION, id));
        identity.metadata()
                .ifPresent(home -> pairs.put(DirectoryIdentity.METADATA, home.toString()));
        pairs.put("node.id", Integer.toString(identity.nodeId()));
        pairs.put("version", "1");
        byte[] content = PropertyFile.encode(pairs, "=");
        if (disk.exists(meta)
                && PropertyFile.decode(disk.readAll(meta), "=").equals(Optional.of(pairs))) {
            return;
        }
        disk.writeAtomically(meta, content);
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            disk.forceDirectory(parent);
        }
    }

    private List<Found> found(DirectoryCheckpoints checkpoints) throws IOException {
        var found = new ArrayList<Found>();
        var deleted = new ArrayList<String>();
        for (String file : disk.list(path)) {
            if (file.endsWith(LogDeletion.SUFFIX)) {
                deleted.add(file);
            } else {
                LogName.parse(file)
                        .map(name -> new Found(name, path.resolve(file), false))
                        .or(() ->
                                LogName.parseFuture(file)
                                        .map(name -> new Found(name, path.resolve(file), true)))
                        .ifPresent(found::add);
            }
        }
        remove(deleted, found, checkpoints);
        return found;
    }

    /** Logs that were deleted before a crash; nobody shall miss them, also after another one. */
    private void remove(List<String> deleted, List<Found> found, DirectoryCheckpoints checkpoints)
            throws IOException {
        var names = new HashSet<LogName>();
        deleted.forEach(file -> LogName.parseUnique(file).ifPresent(names::add));
        found.stream().filter(one -> !one.future).forEach(one -> names.remove(one.name));
        checkpoints.forgetNow(names);
        for (String file : deleted) {
            LogDeletion.removeTree(disk, path.resolve(file));
        }
    }

    private void openLogs(
            Claim claim,
            Function<LogName, LogPlacement> placement,
            EventLoop replyTo,
            Consumer<OpenResult> done) {
        var directory = new LogDirectory(claim, environment);
        var opened = new ArrayList<OpenResult.OpenedLog>();
        if (claim.found.isEmpty()) {
            done.accept(new OpenResult.Opened(directory, List.of()));
        }
        var remaining = new AtomicInteger(claim.found.size());
        for (Found one : claim.found) {
            environment
                    .offload()
                    .submit(
                            one.name.hashCode(),
                            () -> openLog(claim, one, placement.apply(one.name)),
                            replyTo,
                            outcome -> {
                                OpenResult.OpenedLog log = opened(outcome);
                                if (one.future) {
                                    directory.openedFuture(log.log());
                                } else {
                                    opened.add(log);
                                }
                                if (remaining.decrementAndGet() == 0) {
                                    finish(directory, opened, done);
                                }
                            });
        }
    }

    private OpenResult.OpenedLog openLog(Claim claim, Found found, LogPlacement placement) {
        LogName name = found.name;
        Path logDirectory = found.path;
        boolean clean = claim.past.cleanlyStopped();
        LogContents contents = null;
        try {
            contents =
                    new LogContents(
                            name,
                            logDirectory,
                            PartitionMetadata.read(disk, logDirectory),
                            environment,
                            placement,
                            claim.checkpoints);
            Recovery recovery = new LogOpening(contents, clean, caution).open();
            return new OpenResult.OpenedLog(new PartitionLog(contents), recovery);
        } catch (IOException | RuntimeException failure) {
            // Also when we are wrong about this one log, the others go on.
            if (contents == null) {
                contents =
                        new LogContents(
                                name,
                                logDirectory,
                                Optional.empty(),
                                environment,
                                placement,
                                claim.checkpoints);
            }
            contents.fail(failure);
            return new OpenResult.OpenedLog(
                    new PartitionLog(contents),
                    new Recovery(name, clean, 0, Optional.empty(), 0, List.of()));
        }
    }

    private static OpenResult.OpenedLog opened(Outcome<OpenResult.OpenedLog> outcome) {
        return switch (outcome) {
            case Outcome.Done<OpenResult.OpenedLog>(var log) -> log;
            case Outcome.Failed<OpenResult.OpenedLog>(var cause) ->
                    throw new IllegalStateException("a log could not be opened", cause);
        };
    }

    private static void finish(
            LogDirectory directory, List<OpenResult.OpenedLog> opened, Consumer<OpenResult> done) {
        opened.sort(Comparator.comparing(log -> log.log().name()));
        opened.forEach(log -> directory.opened(log.log()));
        done.accept(new OpenResult.Opened(directory, List.copyOf(opened)));
    }
}
