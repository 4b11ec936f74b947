package io.tombolo.broker;

import io.tombolo.broker.shard.Shard;
import io.tombolo.broker.shard.Shards;
import io.tombolo.broker.upkeep.Compaction;
import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;
import io.tombolo.replication.Partition;
import io.tombolo.storage.cleaner.LogCleaner;
import io.tombolo.storage.directory.LogDirectories;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;

/**
 * What has to be done now and then: checkpoints, retention, forgetting of idle producers, and
 * compaction.
 */
final class Housekeeping {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);

    private final LiveConfig config;
    private final LogDirectories directories;
    private final Shards shards;
    private final EventLoop loop;
    private final LogCleaner cleaner;
    private boolean checkpointFailed;
    private boolean stopped;

    private Housekeeping(
            LiveConfig config,
            LogDirectories directories,
            Shards shards,
            EventLoop loop,
            LogCleaner cleaner) {
        this.config = config;
        this.directories = directories;
        this.shards = shards;
        this.loop = loop;
        this.cleaner = cleaner;
    }

    /** On the first loop of the environment. */
    static Housekeeping of(
            LiveConfig config,
            LogDirectories directories,
            Shards shards,
            Environment environment,
            BrokerObserver observer) {
        EventLoop loop = environment.loops().loop(0);
        LogCleaner cleaner =
                Compaction.cleaner(
                        config,
                        directories,
                        environment.background(),
                        loop,
                        observer::partitionUncleanable);
        return new Housekeeping(config, directories, shards, loop, cleaner);
    }

    void start() {
        loop.schedule(interval("replica.high.watermark.checkpoint.interval.ms"), this::checkpoint);
        loop.schedule(interval("log.retention.check.interval.ms"), this::tidy);
        cleaner.start();
    }

    /** What compaction does and cannot do; callable from any thread. */
    LogCleaner.Standing compaction() {
        return cleaner.standing();
    }

    private long interval(String name) {
        return Duration.ofMillis(config.get().number(name)).toNanos();
    }

    private void checkpoint() {
        if (stopped) {
            return;
        }
        directories.checkpoint(
                loop,
                fault -> {
                    if (fault.isPresent() && !checkpointFailed) {
                        checkpointFailed = true;
                        LOG.atError().setCause(fault.get()).log("Checkpoints cannot be written");
                    }
                    loop.schedule(
                            interval("replica.high.watermark.checkpoint.interval.ms"),
                            this::checkpoint);
                });
    }

    private void tidy() {
        if (stopped) {
            return;
        }
        for (Shard shard : shards.all()) {
            Shards.run(shard.loop(), () -> shard.partitions().forEach(Partition::tidy));
        }
        loop.schedule(interval("log.retention.check.interval.ms"), this::tidy);
    }

    void stop() {
        stopped = true;
    }

    /** Ends compaction and closes the logs; {@code done} is called on the loop. */
    void close(long brokerEpoch, Runnable done) {
        cleaner.stop(() -> directories.close(brokerEpoch, loop, _ -> done.run()));
    }
}
