package io.tombolo.broker.publish;

import io.tombolo.broker.TopicConfigs;
import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.metadata.record.BrokerRegistration;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Opens, changes and drops the partitions of one shard; mutable, confined to its loop. A log is
 * made off the loop; what is wanted of its partition meanwhile is kept and done when the log is
 * there. A name may be deleted and taken again by another topic: work on the files of one name is
 * done one after the other.
 *
 * <p>While a log cannot be made, its partition is hosted on one that has failed, and so answers
 * KAFKA_STORAGE_ERROR; it is tried again with growing pauses, and whenever the partition is
 * published.
 */
final class Hosting {

    /** The pause after the first attempt to make a log; it doubles up to the maximum. */
    static final Duration PAUSE_FIRST = Duration.ofSeconds(1);

    static final Duration PAUSE_MAX = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(Hosting.class);

    private final Shard shard;
    private final LogDirectories directories;
    private final ReplicaMoves moves;
    private final ReplicaRepairs repairs;
    private final Map<TopicIdPartition, Wanted> casts;
    private final TopicConfigs configs;
    private final Partition.Surroundings surroundings;
    private final PartitionPublisher.Audience audience;
    private final Map<TopicIdPartition, Opening> opening;
    private final Map<LogName, ArrayDeque<Consumer<Runnable>>> turns;

    /** What a partition is to be. */
    record Wanted(Role role, TopicConfig config, Assigned assigned) {

        /** In whatever directory. */
        Wanted(Role role, TopicConfig config) {
            this(role, config, Assigned.NOWHERE);
        }

        Wanted with(TopicConfig changed) {
            return new Wanted(role, changed, assigned);
        }

        /** What may have been here before this process is so until it has been looked for. */
        Wanted asOldAs(Wanted before) {
            boolean old = assigned.old() || before.assigned.old();
            return new Wanted(role, config, new Assigned(assigned.directory(), old));
        }
    }

    /**
     * Where the controller believes a replica to be.
     *
     * @param directory zero when it has not been told
     * @param old whether the replica may have been here before this process, so that it may be in a
     *     directory that is offline now
     */
    record Assigned(Uuid directory, boolean old) {

        static final Assigned NOWHERE = new Assigned(Uuid.ZERO_UUID, false);
    }

    /** A partition whose log is not there yet. */
    private static final class Opening {
        private Wanted wanted;
        private int failedCount;
        private boolean pausing;
        private EventLoop.Timer pause = () -> {};

        Opening(Wanted wanted) {
            this.wanted = wanted;
        }
    }

    Hosting(
            Shard shard,
            LogDirectories directories,
            TopicConfigs configs,
            Partition.Surroundings surroundings,
            PartitionPublisher.Audience audience) {
        this.shard = shard;
        this.directories = directories;
        this.moves =
                new ReplicaMoves(
                        shard.loop(),
                        directories,
                        new ReplicaMoves.Pace(audience.moving(), surroundings.clock()),
                        audience.directories());
        this.configs = configs;
        this.casts = new HashMap<>();
        this.opening = new HashMap<>();
        this.turns = new HashMap<>();
        this.surroundings = surroundings;
        this.audience = audience;
        this.repairs =
                new ReplicaRepairs(
                        shard.loop(),
                        surroundings.clock(),
                        directories,
                        audience.directories(),
                        new Repaired());
    }

    /** The partitions as their repairs need them. */
    private final class Repaired implements ReplicaRepairs.Host {

        @Override
        public LogPlacement placementOf(TopicIdPartition id) {
            return Hosting.this.placementOf(wanted(id));
        }

        @Override
        public void inTurn(TopicIdPartition id, Consumer<Runnable> work) {
            Hosting.this.inTurn(nameOf(id), work);
        }

        @Override
        public void use(TopicIdPartition id, PartitionLog log) {
            Wanted wanted = wanted(id);
            log.changeSettings(configs.logSettings(wanted.config()));
            audience.repairs().repaired(id, log.endOffset());
            begin(id, log, wanted);
        }

        private Wanted wanted(TopicIdPartition id) {
            return Objects.requireNonNull(casts.get(id), "a replica that is not wanted");
        }
    }

    Shard shard() {
        return shard;
    }

    /** Gives a partition its role, opening it first if need be. */
    void cast(TopicIdPartition id, Wanted wanted) {
        Opening under = opening.get(id);
        Partition hosted = shard.find(id);
        casts.put(id, wanted);
        Role role = wanted.role();
        repairs.cast(id, role, wanted.assigned().directory());
        if (under != null) {
            under.wanted = wanted.asOldAs(under.wanted);
            tryAgain(id, under);
        } else if (hosted != null) {
            tellPlace(id);
            // To its followers a partition may change in ways that do not concern them.
            if (!(role instanceof Role.Follower && role.equals(hosted.role()))) {
                hosted.become(role);
            }
        } else {
            opening.put(id, new Opening(wanted));
            inTurn(nameOf(id), done -> open(id, done));
        }
    }

    private void tryAgain(TopicIdPartition id, Opening under) {
        if (under.pausing) {
            under.pausing = false;
            under.pause.cancel();
            inTurn(nameOf(id), done -> open(id, done));
        }
    }

    /**
     * Gives a hosted partition other settings; one that is being opened gets them with its role.
     */
    void configure(TopicIdPartition id, TopicConfig config) {
        Partition hosted = shard.find(id);
        if (hosted != null) {
            hosted.log().changeSettings(configs.logSettings(config));
            hosted.changeSettings(configs.partitionSettings(config));
        }
        Opening under = opening.get(id);
        if (under != null) {
            under.wanted = under.wanted.with(config);
        }
        casts.computeIfPresent(id, (_, cast) -> cast.with(config));
    }

    /** Drops a partition that has no replica here any more, if it is hosted. */
    void release(TopicIdPartition id) {
        if (opening.containsKey(id) || shard.find(id) != null) {
            drop(id);
        }
    }

    /** Stops hosting a partition and deletes its log, if there is one. */
    void drop(TopicIdPartition id) {
        Opening under = opening.remove(id);
        if (under != null) {
            under.pause.cancel();
        }
        casts.remove(id);
        moves.forget(id);
        repairs.forget(id);
        shard.drop(id).ifPresent(partition -> partition.become(new Role.Idle()));
        inTurn(nameOf(id), done -> deleteOwn(id, done));
    }

    /** Deletes a log, or sets it aside, unless it has come to be wanted meanwhile. */
    void removeStray(StrayLogs.Stray stray) {
        inTurn(
                stray.name(),
                done -> {
                    if (casts.containsKey(stray.id())) {
                        done.run();
                    } else if (stray.forGood()) {
                        stray.directory()
                                .log(stray.name())
                                .map(log -> new LogDirectories.Located(stray.directory(), log))
                                .ifPresentOrElse(it -> delete(it, done), done);
                    } else {
                        stray.directory().setAside(stray.name(), shard.loop(), _ -> done.run());
                    }
                });
    }

    /** Makes no log any more; what is hosted stays. */
    void close() {
        opening.values().forEach(under -> under.pause.cancel());
        opening.clear();
        moves.close();
        repairs.close();
    }

    /**
     * Does something with the files of a name when all that was begun before is done.
     *
     * @param work runs the task it is given when it is done
     */
    private void inTurn(LogName name, Consumer<Runnable> work) {
        ArrayDeque<Consumer<Runnable>> waiting = turns.get(name);
        if (waiting == null) {
            turns.put(name, new ArrayDeque<>());
            work.accept(() -> endTurn(name));
        } else {
            waiting.add(work);
        }
    }

    private void endTurn(LogName name) {
        Consumer<Runnable> next = turns.getOrDefault(name, new ArrayDeque<>()).poll();
        if (next == null) {
            turns.remove(name);
        } else {
            next.accept(() -> endTurn(name));
        }
    }

    private void open(TopicIdPartition id, Runnable done) {
        Opening under = opening.get(id);
        if (under == null) {
            done.run(); // deleted meanwhile
            return;
        }
        LogName name = nameOf(id);
        Optional<PartitionLog> present =
                directories
                        .find(name, uuid(id))
                        .map(LogDirectories.Located::log)
                        .or(() -> vanished(id, under.wanted));
        if (present.isPresent()) {
            take(id, present.get());
            done.run();
        } else {
            // Logs of earlier topics of this name, deleted while this broker was away.
            deleteAll(directories.strangers(name, uuid(id)), () -> create(id, done));
        }
    }

    /**
     * One whose folder somebody has taken away: what was in it must not be taken for nothing. Of a
     * new replica the checkpoints tell nothing: what they name is an earlier topic of its name.
     */
    private Optional<PartitionLog> vanished(TopicIdPartition id, Wanted wanted) {
        Uuid believed = wanted.assigned().directory();
        if (!wanted.assigned().old() || believed.equals(Uuid.ZERO_UUID)) {
            return Optional.empty();
        }
        return directories.vanished(
                nameOf(id),
                uuid(id),
                Optional.of(believed)
                        .filter(it -> !it.equals(BrokerRegistration.LOST))
                        .map(Hosting::uuid),
                placementOf(wanted));
    }

    private LogPlacement placementOf(Wanted wanted) {
        return new LogPlacement(configs.logSettings(wanted.config()), shard.loop());
    }

    private void deleteAll(List<LogDirectories.Located> strangers, Runnable then) {
        if (strangers.isEmpty()) {
            then.run();
            return;
        }
        LogDirectories.Located first = strangers.getFirst();
        delete(first, () -> deleteAll(strangers.subList(1, strangers.size()), then));
    }

    private void create(TopicIdPartition id, Runnable done) {
        Opening under = opening.get(id);
        if (under == null) {
            done.run(); // deleted meanwhile
            return;
        }
        LogPlacement placement = placementOf(under.wanted);
        Optional<LogDirectory> place = placeFor(id, under.wanted.assigned());
        if (place.isEmpty()) {
            opening.remove(id);
            host(id, unusable(id, placement), under.wanted);
            done.run();
            return;
        }
        place.get()
                .createLog(
                        nameOf(id),
                        Optional.of(uuid(id)),
                        placement,
                        result -> {
                            switch (result) {
                                case CreateResult.Created(PartitionLog log) -> take(id, log);
                                case CreateResult.Exists(PartitionLog log) -> take(id, log);
                                case CreateResult.Failed(PartitionLog ended) -> pause(id, ended);
                            }
                            done.run();
                        });
    }

    /**
     * Where to make the log of a replica; nowhere when it may be in a directory that is offline: an
     * empty one in its place might be elected. One that was empty at the last stop is elsewhere.
     */
    private Optional<LogDirectory> placeFor(TopicIdPartition id, Assigned where) {
        List<UUID> offline = directories.offlineIds();
        UUID believed = uuid(where.directory());
        if (!offline.isEmpty() && where.old() || offline.contains(believed)) {
            return directories.withUnwritten(nameOf(id), believed);
        }
        return moves.placeFor(id).or(() -> directories.online(believed)).or(directories::forNewLog);
    }

    private PartitionLog unusable(TopicIdPartition id, LogPlacement placement) {
        return directories
                .first()
                .unusable(
                        nameOf(id),
                        Optional.of(uuid(id)),
                        placement,
                        new IOException("the directory of the log is offline"));
    }

    /** Tells the controller where the replica is, if it believes otherwise. */
    private void tellPlace(TopicIdPartition id) {
        Uuid believed = believedPlace(id);
        Partition hosted = shard.find(id);
        directories
                .find(nameOf(id), uuid(id))
                .filter(it -> it.log().failure().isEmpty())
                .filter(it -> hosted != null && hosted.log() == it.log())
                .map(it -> kafka(it.directory().directoryId()))
                .filter(actual -> !actual.equals(believed))
                .ifPresent(actual -> audience.directories().located(id, actual));
    }

    private Uuid believedPlace(TopicIdPartition id) {
        Wanted cast = casts.get(id);
        return cast == null ? Uuid.ZERO_UUID : cast.assigned().directory();
    }

    /**
     * What failed alone, while its directory works, is lost until it is repaired; of directories
     * the heartbeat tells.
     */
    private void failed(TopicIdPartition id, PartitionLog log, Exception cause) {
        Uuid believed = believedPlace(id);
        Optional<LogDirectories.Located> found =
                directories.find(nameOf(id), uuid(id)).filter(it -> it.log() == log);
        boolean withDirectory =
                directories.offlineIds().contains(uuid(believed))
                        || found.filter(it -> it.directory().failure().isPresent()).isPresent();
        Wanted cast = casts.get(id);
        if (withDirectory || cast == null) {
            return;
        }
        if (found.isPresent()) {
            repairs.failed(id, log, cause, cast.role());
        } else if (!believed.equals(BrokerRegistration.LOST)) {
            audience.directories().located(id, BrokerRegistration.LOST);
        }
    }

    /** See {@link PartitionPublisher#moveReplica}. */
    Errors move(TopicIdPartition id, Path directory) {
        return moves.order(id, directory, Optional.ofNullable(shard.find(id)));
    }

    /** Waits for better times. Only the first of several failures is told. */
    private void pause(TopicIdPartition id, PartitionLog ended) {
        Opening under = opening.get(id);
        if (under == null) {
            return; // deleted meanwhile
        }
        if (under.failedCount == 0) {
            host(id, ended, under.wanted);
        }
        long nanos = PAUSE_FIRST.toNanos() << Math.min(under.failedCount, 6);
        under.failedCount++;
        under.pausing = true;
        under.pause =
                shard.loop()
                        .schedule(Math.min(nanos, PAUSE_MAX.toNanos()), () -> tryAgain(id, under));
    }

    /** Hosts the partition, unless it was deleted meanwhile: then its turn to be removed comes. */
    private void take(TopicIdPartition id, PartitionLog log) {
        Opening under = opening.remove(id);
        if (under == null) {
            return;
        }
        if (under.failedCount > 0) {
            LOG.atInfo()
                    .addKeyValue("partition", id.topicPartition())
                    .addKeyValue("failedCount", under.failedCount)
                    .log("The log of a partition could be made after all");
        }
        log.changeSettings(configs.logSettings(under.wanted.config()));
        begin(id, log, under.wanted);
    }

    private void begin(TopicIdPartition id, PartitionLog log, Wanted wanted) {
        Partition partition = host(id, log, wanted);
        audience.onHosted().accept(partition);
        tellPlace(id);
        moves.resume(id);
        partition.become(wanted.role());
    }

    private Partition host(TopicIdPartition id, PartitionLog log, Wanted wanted) {
        var partition =
                new Partition(id, log, configs.partitionSettings(wanted.config()), surroundings);
        partition.onOffline(cause -> {
            audience.onOffline().accept(id, cause);
            failed(id, log, cause);
        });
        partition.onDamage(damage -> audience.repairs().damaged(id, damage));
        partition.onRoom(enough -> audience.repairs().room(id, enough));
        shard.host(id, partition);
        return partition;
    }

    private void deleteOwn(TopicIdPartition id, Runnable done) {
        directories
                .find(nameOf(id), uuid(id))
                .filter(it -> isOf(id, it.log()))
                .ifPresentOrElse(it -> delete(it, done), done);
    }

    private void delete(LogDirectories.Located gone, Runnable then) {
        LogName name = gone.log().name();
        gone.directory()
                .deleteLog(
                        name,
                        shard.loop(),
                        outcome -> {
                            if (outcome
                                    instanceof Offload.Outcome.Failed<Boolean>(Exception cause)) {
                                LOG.atError()
                                        .addKeyValue("log", name)
                                        .setCause(cause)
                                        .log("The log of a deleted partition cannot be removed");
                            }
                            then.run();
                        });
    }

    static LogName nameOf(TopicIdPartition id) {
        return new LogName(id.topic(), id.partition());
    }

    private static boolean isOf(TopicIdPartition id, PartitionLog log) {
        return log.topicId().equals(Optional.of(uuid(id)));
    }

    private static UUID uuid(TopicIdPartition id) {
        return uuid(id.topicId());
    }

    static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid kafka(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
