package io.tombolo.broker.publish;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.Partition;
import io.tombolo.replication.quota.CopyLimit;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.directory.LogDirectories.Located;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogMove;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.LogSettings;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves replicas of one shard between the directories of this broker; mutable, confined to its
 * loop. The empty copy in the other directory is the order: it survives a restart, after which the
 * move goes on. At most {@link #RUNNING_MAX} copy at the same time, the others wait.
 */
final class ReplicaMoves {

    /** Moves of a shard that copy at the same time. */
    static final int RUNNING_MAX = 2;

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaMoves.class);

    private final EventLoop loop;
    private final LogDirectories directories;
    private final Pace pace;
    private final PartitionPublisher.DirectoryListener listener;
    private final Map<TopicIdPartition, LogDirectory> wishes = new HashMap<>();
    private final Map<TopicIdPartition, LogMove> running = new HashMap<>();
    private final ArrayDeque<TopicIdPartition> waiting = new ArrayDeque<>();
    private boolean closed;

    ReplicaMoves(
            EventLoop loop,
            LogDirectories directories,
            Pace pace,
            PartitionPublisher.DirectoryListener listener) {
        this.loop = loop;
        this.pace = pace;
        this.directories = directories;
        this.listener = listener;
    }

    /** How fast all moves of this broker together may be. */
    record Pace(CopyLimit limit, Clock clock) {

        LogMove.Pace of(TopicIdPartition id) {
            return new LogMove.Pace() {
                @Override
                public long waitNanos() {
                    long now = clock.nanoTime();
                    return limit.holds(id.topicPartition(), now)
                            ? limit.asksAgainNanos(now) - now
                            : 0;
                }

                @Override
                public void copied(int bytes) {
                    limit.copied(id.topicPartition(), bytes, clock.nanoTime());
                }
            };
        }
    }

    /** Where a replica that is not here yet was wished to be. */
    Optional<LogDirectory> placeFor(TopicIdPartition id) {
        return Optional.ofNullable(wishes.remove(id)).filter(it -> it.failure().isEmpty());
    }

    /** Why nothing can be moved to a directory; callable from any thread. */
    static Errors refusal(LogDirectories directories, Path path) {
        Optional<LogDirectory> target = path.isAbsolute() ? directories.at(path) : Optional.empty();
        if (target.isPresent()) {
            boolean works = target.get().failure().isEmpty();
            return works ? Errors.NONE : Errors.KAFKA_STORAGE_ERROR;
        }
        boolean offline =
                directories.unopened().stream()
                        .anyMatch(it -> it.path().toAbsolutePath().normalize().equals(path));
        return offline ? Errors.KAFKA_STORAGE_ERROR : Errors.LOG_DIR_NOT_FOUND;
    }

    /** Kafka's answers to a wish, in Kafka's order. */
    Errors order(TopicIdPartition id, Path path, Optional<Partition> hosted) {
        Errors refusal = refusal(directories, path);
        if (refusal != Errors.NONE) {
            return refusal;
        }
        LogDirectory target = directories.at(path).orElseThrow();
        if (hosted.isEmpty()) {
            wishes.put(id, target);
            return Errors.REPLICA_NOT_AVAILABLE;
        }
        if (hosted.get().log().failure().isPresent()) {
            return Errors.KAFKA_STORAGE_ERROR;
        }
        LogDirectory at = located(id).orElseThrow().directory();
        Optional<Located> future = directories.future(name(id));
        if (future.isPresent() && future.get().directory() == target) {
            return Errors.NONE;
        }
        future.ifPresent(it -> callOff(id, it.directory()));
        if (at != target) {
            begin(id, target, hosted.get().log().settings());
        }
        return Errors.NONE;
    }

    private void begin(TopicIdPartition id, LogDirectory target, LogSettings settings) {
        // The copy is forced when it is complete; until then nobody relies on it.
        LogSettings lazy = settings.withFlush(LogSettings.Flush.BY_THE_OPERATING_SYSTEM);
        target.createFuture(
                name(id),
                Optional.of(topicId(id)),
                new LogPlacement(lazy, loop),
                result -> {
                    if (result instanceof CreateResult.Failed(var ended)) {
                        tell(id, target, ended.failure().orElseThrow());
                    } else {
                        resume(id);
                    }
                });
    }

    /** Goes on with a move whose copy is there, unless it is another topic's. */
    void resume(TopicIdPartition id) {
        Optional<Located> future = directories.future(name(id));
        if (closed || future.isEmpty() || running.containsKey(id) || waiting.contains(id)) {
            return;
        }
        boolean ours = future.get().log().topicId().equals(Optional.of(topicId(id)));
        boolean there =
                located(id).filter(it -> it.directory() != future.get().directory()).isPresent();
        if (ours && there) {
            waiting.add(id);
            startNext();
        } else {
            remove(name(id), future.get().directory());
        }
    }

    private void startNext() {
        while (running.size() < RUNNING_MAX && !waiting.isEmpty()) {
            TopicIdPartition id = waiting.poll();
            Optional<Located> from = located(id);
            Optional<Located> to = directories.future(name(id));
            if (from.isPresent() && to.isPresent()) {
                LogDirectory target = to.get().directory();
                LogMove move =
                        from.get()
                                .directory()
                                .move(
                                        name(id),
                                        target,
                                        pace.of(id),
                                        ending -> ended(id, target, ending));
                running.put(id, move);
            }
        }
    }

    private void ended(TopicIdPartition id, LogDirectory target, LogMove.Ending ending) {
        running.remove(id);
        switch (ending) {
            case LogMove.Ending.Moved _ -> {
                LOG.atInfo()
                        .addKeyValue("partition", id.topicPartition())
                        .addKeyValue("directory", target.path())
                        .log("A replica was moved to another directory");
                listener.located(id, Hosting.kafka(target.directoryId()));
            }
            case LogMove.Ending.GivenUp _ -> {}
            case LogMove.Ending.Failed(Exception cause) -> {
                tell(id, target, cause);
                boolean worthKeeping = located(id).isEmpty() || target.failure().isPresent();
                if (!worthKeeping) {
                    remove(name(id), target);
                }
            }
        }
        if (!closed) {
            loop.execute(this::startNext);
        }
    }

    private void tell(TopicIdPartition id, LogDirectory target, Exception cause) {
        if (!closed) {
            LOG.atWarn()
                    .addKeyValue("partition", id.topicPartition())
                    .addKeyValue("directory", target.path())
                    .setCause(cause)
                    .log("A replica stays where it is: it cannot be moved to the directory");
        }
    }

    private void callOff(TopicIdPartition id, LogDirectory target) {
        waiting.remove(id);
        Optional.ofNullable(running.get(id)).ifPresent(LogMove::giveUp);
        remove(name(id), target);
    }

    /** The replica is not wanted here any more. */
    void forget(TopicIdPartition id) {
        wishes.remove(id);
        directories
                .future(name(id))
                .filter(it -> it.log().topicId().equals(Optional.of(topicId(id))))
                .ifPresent(it -> callOff(id, it.directory()));
    }

    private void remove(LogName name, LogDirectory target) {
        target.deleteFuture(name, loop, _ -> {});
    }

    /** Begins no move any more; those under way end with the directories. */
    void close() {
        closed = true;
        waiting.clear();
    }

    private Optional<Located> located(TopicIdPartition id) {
        return directories
                .find(name(id), topicId(id))
                .filter(it -> it.log().topicId().equals(Optional.of(topicId(id))));
    }

    private static LogName name(TopicIdPartition id) {
        return Hosting.nameOf(id);
    }

    private static UUID topicId(TopicIdPartition id) {
        return Hosting.uuid(id.topicId());
    }
}
