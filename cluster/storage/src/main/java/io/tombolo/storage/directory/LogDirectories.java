package io.tombolo.storage.directory;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload.Outcome;
import io.tombolo.storage.log.DirectoryIdentity;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogEnvironment;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.PartitionLog;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The log directories of one broker, in the order of its file, and the directory of its metadata
 * log: one of them, or one of its own. Callable from any thread; every answer comes on the loop
 * named for it.
 */
public final class LogDirectories {

    private final List<LogDirectory> opened;
    private final List<Unopened> unopened;
    private final LogDirectory metadata;
    private final LogEnvironment environment;
    private final Set<UUID> remembered;

    /**
     * A directory that could not be opened at start.
     *
     * @param id empty when it has never been opened
     */
    public record Unopened(Path path, Optional<UUID> id, Exception cause) {}

    /** A log and where it is. Use the log on its owner's loop only. */
    public record Located(LogDirectory directory, PartitionLog log) {}

    LogDirectories(
            List<LogDirectory> opened,
            List<Unopened> unopened,
            LogDirectory metadata,
            LogEnvironment environment,
            Set<UUID> remembered) {
        this.opened = List.copyOf(opened);
        this.unopened = List.copyOf(unopened);
        this.metadata = metadata;
        this.environment = environment;
        this.remembered = remembered;
    }

    /**
     * Opens all directories side by side, as {@link LogDirectory#open} does. One of them that fails
     * is offline, unless the metadata log is in it or no other one is left. A log that a crash left
     * in two of them is kept where it goes further.
     */
    public static void open(
            DirectoryPaths paths,
            DirectoryIdentity identity,
            LogEnvironment environment,
            Function<LogName, LogPlacement> placement,
            EventLoop replyTo,
            Consumer<DirectoriesResult> done) {
        new DirectoriesOpening(paths, identity, environment, placement, replyTo, done).open();
    }

    /** Those that could be opened, whatever became of them since. */
    public List<LogDirectory> all() {
        return opened;
    }

    public List<Unopened> unopened() {
        return unopened;
    }

    /** The first of those that could be opened. */
    public LogDirectory first() {
        return opened.getFirst();
    }

    /** The one where the metadata log is; perhaps none of the others. */
    public LogDirectory metadata() {
        return metadata;
    }

    /** Whether there are logs of topics, sound or not: then there was a region to have them. */
    public boolean holdLogs() {
        return opened.stream().anyMatch(LogDirectory::knowsLogs);
    }

    /**
     * Whether a directory was one of this node's before this start, so that its region knows it.
     */
    public boolean knewBefore(LogDirectory directory) {
        return !directory.fresh()
                && (directory == metadata || remembered.contains(directory.directoryId()));
    }

    /** The ids of all directories that ever were opened, offline ones included. */
    public List<UUID> ids() {
        return Stream.concat(
                        opened.stream().map(LogDirectory::directoryId),
                        unopened.stream().flatMap(it -> it.id().stream()))
                .toList();
    }

    /** The ids of those that are offline. */
    public List<UUID> offlineIds() {
        var offline = new ArrayList<UUID>(0);
        for (LogDirectory directory : opened) {
            if (directory.failure().isPresent()) {
                offline.add(directory.directoryId());
            }
        }
        unopened.forEach(it -> it.id().ifPresent(offline::add));
        return offline;
    }

    /** Calls the listener on the loop when a directory goes offline. */
    public void onOffline(EventLoop loop, Consumer<LogDirectory> listener) {
        opened.forEach(it -> it.onOffline(offline -> loop.execute(() -> listener.accept(offline))));
    }

    /**
     * The broker epoch of the last clean stop; empty unless all directories that are open, and not
     * new, were closed by it.
     */
    public OptionalLong previousBrokerEpoch() {
        List<OptionalLong> epochs =
                opened.stream()
                        .filter(it -> !it.fresh())
                        .map(LogDirectory::previousBrokerEpoch)
                        .distinct()
                        .toList();
        return epochs.size() == 1 ? epochs.getFirst() : OptionalLong.empty();
    }

    /** The directory with an id, if it is open and not offline. */
    public Optional<LogDirectory> online(UUID id) {
        return online().filter(it -> it.directoryId().equals(id)).findFirst();
    }

    /** A directory by its absolute path, offline or not. */
    public Optional<LogDirectory> at(Path path) {
        Path wanted = KnownDirectories.normal(path);
        return opened.stream()
                .filter(it -> KnownDirectories.normal(it.path()).equals(wanted))
                .findFirst();
    }

    private Stream<LogDirectory> online() {
        return opened.stream().filter(it -> it.failure().isEmpty());
    }

    /**
     * Where a new log is to be: in the directory with the fewest logs, as in Kafka. Free space says
     * less, because new logs are empty: all that are made in one go would pile up on one disk.
     */
    public Optional<LogDirectory> forNewLog() {
        return online().min(Comparator.comparingInt(LogDirectory::logCount));
    }

    /**
     * The directory in which the last stop left a log without a record, if it is the one with this
     * id and online.
     */
    public Optional<LogDirectory> withUnwritten(LogName name, UUID id) {
        return online(id).filter(it -> it.leftUnwritten(name));
    }

    /**
     * The log of a topic that had records and whose folder is gone, see {@link
     * LogDirectory#vanished}.
     *
     * @param believed where it was; empty when that is not known
     */
    public Optional<PartitionLog> vanished(
            LogName name, UUID topicId, Optional<UUID> believed, LogPlacement placement) {
        return online().filter(it -> believed.isEmpty() || believed.get().equals(it.directoryId()))
                .flatMap(it -> it.vanished(name, topicId, placement).stream())
                .findFirst();
    }

    /**
     * The log of a topic; or one of that name of which nobody knows any more whose it is, because
     * it cannot be read.
     */
    public Optional<Located> find(LogName name, UUID topicId) {
        Optional<Located> found = Optional.empty();
        for (Located it : named(name)) {
            if (isOf(it, topicId)) {
                return Optional.of(it);
            }
            found = found.isEmpty() && unreadable(it) ? Optional.of(it) : found;
        }
        return found;
    }

    private static boolean isOf(Located it, UUID topicId) {
        Optional<UUID> known = it.log().topicId();
        return known.isPresent() && known.get().equals(topicId);
    }

    /** Logs of that name that belong to another topic. */
    public List<Located> strangers(LogName name, UUID topicId) {
        return named(name).stream()
                .filter(it -> !isOf(it, topicId))
                .filter(it -> !unreadable(it))
                .toList();
    }

    private List<Located> named(LogName name) {
        var found = new ArrayList<Located>(1);
        for (LogDirectory directory : opened) {
            directory.log(name).ifPresent(log -> found.add(new Located(directory, log)));
        }
        return found;
    }

    private static boolean unreadable(Located it) {
        return it.log().topicId().isEmpty() && it.log().failure().isPresent();
    }

    /** The copy that is to take a log's place. */
    public Optional<Located> future(LogName name) {
        for (LogDirectory directory : opened) {
            Optional<PartitionLog> copy = directory.future(name);
            if (copy.isPresent()) {
                return Optional.of(new Located(directory, copy.get()));
            }
        }
        return Optional.empty();
    }

    /**
     * Writes the checkpoint files of all directories that work; {@code done} is called once with
     * the first fault, if there was one.
     */
    public void checkpoint(EventLoop replyTo, Consumer<Optional<Exception>> done) {
        var faults = new ArrayList<Exception>();
        var writing = new Countdown(() -> done.accept(faults.stream().findFirst()));
        online().toList()
                .forEach(it -> {
                    writing.await();
                    it.checkpoint(
                            replyTo,
                            outcome -> {
                                if (outcome instanceof Outcome.Failed<Boolean>(Exception cause)) {
                                    faults.add(cause);
                                }
                                writing.down();
                            });
                });
        writing.arm();
    }

    /**
     * Closes all, as {@link LogDirectory#close} does; {@code done} gets whether all could be marked
     * as closed properly. Moves are stopped; no new one may be begun.
     */
    public void close(long brokerEpoch, EventLoop replyTo, Consumer<Boolean> done) {
        var stopping = new Countdown(() -> closeAll(brokerEpoch, replyTo, done));
        for (LogDirectory directory : opened) {
            stopping.await();
            directory.stopMoves(replyTo, stopping::down);
        }
        stopping.arm();
    }

    private void closeAll(long brokerEpoch, EventLoop replyTo, Consumer<Boolean> done) {
        var sound = new AtomicBoolean(true);
        var closing = new Countdown(() -> done.accept(sound.get()));
        List<LogDirectory> all =
                opened.contains(metadata)
                        ? opened
                        : Stream.concat(opened.stream(), Stream.of(metadata)).toList();
        for (LogDirectory directory : all) {
            closing.await();
            directory.close(
                    brokerEpoch,
                    replyTo,
                    outcome -> {
                        if (!(outcome instanceof Outcome.Done<Boolean>(Boolean clean)) || !clean) {
                            sound.set(false);
                        }
                        closing.down();
                    });
        }
        closing.arm();
    }

    /** What the directories are on. */
    public LogEnvironment environment() {
        return environment;
    }
}
