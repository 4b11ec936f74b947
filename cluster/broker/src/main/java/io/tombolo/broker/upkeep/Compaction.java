package io.tombolo.broker.upkeep;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Offload;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.storage.cleaner.CleanerListener;
import io.tombolo.storage.cleaner.CleanerSettings;
import io.tombolo.storage.cleaner.LogCleaner;
import io.tombolo.storage.directory.LogDirectories;
import io.tombolo.storage.log.LogName;

import org.apache.kafka.common.TopicPartition;

import java.time.Duration;
import java.util.function.BiConsumer;
import java.util.function.Supplier;

/** The log cleaner as the configs of this broker want it. */
public final class Compaction {

    /**
     * Shares of the heap: what all passes may remember of keys, and what a batch may inflate to.
     */
    private static final int HEAP_SHARE_OF_KEYS = 8;

    private static final int HEAP_SHARE_OF_BATCH = 16;

    /** Less would keep the loops busy with looking, more would not fit into nanoseconds. */
    private static final long BACKOFF_MS_MIN = 50;

    private static final long BACKOFF_MS_MAX = Duration.ofDays(365).toMillis();

    private Compaction() {}

    /**
     * A cleaner that follows the configs as they change; not yet started.
     *
     * @param background where logs are compacted
     * @param loop the loop that it belongs to
     * @param uncleanable hears, on that loop, of partitions that cannot be compacted
     */
    public static LogCleaner cleaner(
            Supplier<BrokerConfig> config,
            LogDirectories directories,
            Offload background,
            EventLoop loop,
            BiConsumer<TopicPartition, Exception> uncleanable) {
        return new LogCleaner(
                directories,
                () -> settings(config.get()),
                background,
                loop,
                new CleanerListener() {
                    @Override
                    public void uncleanable(LogName log, Exception cause) {
                        uncleanable.accept(new TopicPartition(log.topic(), log.partition()), cause);
                    }
                });
    }

    private static CleanerSettings settings(BrokerConfig config) {
        long heapBytes = Runtime.getRuntime().maxMemory();
        return new CleanerSettings(
                config.flag("log.cleaner.enable") ? config.integer("log.cleaner.threads") : 0,
                Math.clamp(
                        config.number("log.cleaner.dedupe.buffer.size"),
                        0,
                        heapBytes / HEAP_SHARE_OF_KEYS),
                Math.clamp(config.fraction("log.cleaner.io.buffer.load.factor"), 0.1, 0.95),
                config.integer("log.cleaner.io.buffer.size"),
                Math.max(1, config.fraction("log.cleaner.io.max.bytes.per.second")),
                Duration.ofMillis(
                        Math.clamp(
                                config.number("log.cleaner.backoff.ms"),
                                BACKOFF_MS_MIN,
                                BACKOFF_MS_MAX)),
                Math.clamp(heapBytes / HEAP_SHARE_OF_BATCH, 4 << 20, 1 << 30));
    }
}
