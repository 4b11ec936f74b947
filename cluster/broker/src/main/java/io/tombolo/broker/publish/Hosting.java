package io.tombolo.broker.publish;

import io.tombolo.broker.TopicConfigs;
import io.tombolo.broker.shard.Shard;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Offload;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.replication.Partition;
import io.tombolo.replication.Role;
import io.tombolo.storage.log.CreateResult;
import io.tombolo.storage.log.LogDirectory;
import io.tombolo.storage.log.LogName;
import io.tombolo.storage.log.LogPlacement;
import io.tombolo.storage.log.PartitionLog;

import org.apache.kafka.common.TopicIdPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Opens, changes and drops the partitions of one shard; mutable, confined to its loop. A log is
 * made off the loop; what is wanted of its partition meanwhile is kept and done when the log is
 * there. A name may be deleted and taken again by another topic: work on the files of one name is
 * done one after the other.
 */
final class Hosting {

    private static final Logger LOG = LoggerFactory.getLogger(Hosting.class);

    private final Shard shard;
    private final LogDirectory directory;
    private final TopicConfigs configs;
    private final Clock clock;
    private final Consumer<Partition> onHosted;
    private final Map<TopicIdPartition, Wanted> opening = new HashMap<>();
    private final Map<LogName, ArrayDeque<Consumer<Runnable>>> turns = new HashMap<>();

    /** What a partition is to be. */
    record Wanted(Role role, TopicConfig config) {}

    Hosting(
            Shard shard,
            LogDirectory directory,
            TopicConfigs configs,
            Clock clock,
            Consumer<Partition> onHosted) {
        this.shard = shard;
        this.directory = directory;
        this.configs = configs;
        this.clock = clock;
        this.onHosted = onHosted;
    }

    Shard shard() {
        return shard;
    }

    /** Gives a partition its role, opening it first if need be. */
    void cast(TopicIdPartition id, Wanted wanted) {
        Partition hosted = shard.find(id);
        if (hosted != null) {
            hosted.become(wanted.role());
        } else if (opening.put(id, wanted) == null) {
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
        opening.computeIfPresent(id, (_, wanted) -> new Wanted(wanted.role(), config));
    }

    /** Stops hosting a partition and deletes its log, if there is one. */
    void drop(TopicIdPartition id) {
        opening.remove(id);
        shard.drop(id).ifPresent(partition -> partition.become(new Role.Idle()));
        inTurn(nameOf(id), done -> deleteOwn(id, done));
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
        if (!opening.containsKey(id)) {
            done.run(); // deleted meanwhile
            return;
        }
        LogName name = nameOf(id);
        Optional<PartitionLog> present = directory.log(name);
        if (present.isEmpty()) {
            create(id, done);
        } else if (isOf(id, present.get())) {
            take(id, present.get());
            done.run();
        } else {
            // The log of an earlier topic of this name, deleted while this broker was away.
            delete(name, () -> create(id, done));
        }
    }

    private void create(TopicIdPartition id, Runnable done) {
        Wanted wanted = opening.get(id);
        if (wanted == null) {
            done.run(); // deleted meanwhile
            return;
        }
        directory.createLog(
                nameOf(id),
                Optional.of(uuid(id)),
                new LogPlacement(configs.logSettings(wanted.config()), shard.loop()),
                result -> {
                    switch (result) {
                        case CreateResult.Created(PartitionLog log) -> take(id, log);
                        case CreateResult.Exists(PartitionLog log) -> take(id, log);
                        case CreateResult.Failed(Exception cause) -> {
                            opening.remove(id);
                            LOG.atError()
                                    .addKeyValue("partition", id.topicPartition())
                                    .setCause(cause)
                                    .log("The log of a partition cannot be made; it stays offline");
                        }
                    }
                    done.run();
                });
    }

    /** Hosts the partition, unless it was deleted meanwhile: then its turn to be removed comes. */
    private void take(TopicIdPartition id, PartitionLog log) {
        Wanted wanted = opening.remove(id);
        if (wanted == null) {
            return;
        }
        log.changeSettings(configs.logSettings(wanted.config()));
        var partition =
                new Partition(
                        id, log, configs.partitionSettings(wanted.config()), shard.loop(), clock);
        shard.host(id, partition);
        onHosted.accept(partition);
        partition.become(wanted.role());
    }

    private void deleteOwn(TopicIdPartition id, Runnable done) {
        LogName name = nameOf(id);
        if (directory.log(name).filter(log -> isOf(id, log)).isPresent()) {
            delete(name, done);
        } else {
            done.run();
        }
    }

    private void delete(LogName name, Runnable then) {
        directory.deleteLog(
                name,
                shard.loop(),
                outcome -> {
                    if (outcome instanceof Offload.Outcome.Failed<Boolean>(Exception cause)) {
                        LOG.atError()
                                .addKeyValue("log", name)
                                .setCause(cause)
                                .log("The log of a deleted partition cannot be removed");
                    }
                    then.run();
                });
    }

    private static LogName nameOf(TopicIdPartition id) {
        return new LogName(id.topic(), id.partition());
    }

    private static boolean isOf(TopicIdPartition id, PartitionLog log) {
        return log.topicId().equals(Optional.of(uuid(id)));
    }

    private static UUID uuid(TopicIdPartition id) {
        return new UUID(
                id.topicId().getMostSignificantBits(), id.topicId().getLeastSignificantBits());
    }
}
