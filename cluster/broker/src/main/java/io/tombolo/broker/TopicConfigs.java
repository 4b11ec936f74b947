package io.tombolo.broker;

import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.protocol.records.BatchCompression;
import io.tombolo.protocol.records.Codec;
import io.tombolo.region.config.BrokerConfig;
import io.tombolo.region.config.ConfigDescription;
import io.tombolo.region.config.ConfigEntry;
import io.tombolo.region.config.TopicConfig;
import io.tombolo.replication.PartitionSettings;
import io.tombolo.storage.log.LogSettings;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * What the configs of topics come to on this broker. Callable from any thread.
 *
 * <p>Most topics have the same configs: what follows from equal ones is worked out once and is one
 * object, however many partitions there are.
 */
public final class TopicConfigs {

    /** Different configs that are remembered. */
    private static final int REMEMBERED_MAX = 1_000;

    /**
     * What the heap bears of a batch whose records are read or compressed anew: that costs several
     * times its size, on each shard at the same time.
     */
    private static final int INFLATED_BYTES_MAX =
            Math.clamp(Runtime.getRuntime().maxMemory() / 16, 4 << 20, 1 << 30);

    private final Supplier<BrokerConfig> broker;
    private final Map<Map<String, String>, InForce> inForce = new ConcurrentHashMap<>();
    private final Map<TopicConfig, Settings> settings = new ConcurrentHashMap<>();

    private record InForce(BrokerConfig broker, TopicConfig config) {}

    private record Settings(BrokerConfig broker, LogSettings log, PartitionSettings partition) {}

    /**
     * @param broker the broker's own configs as they are now
     */
    public TopicConfigs(Supplier<BrokerConfig> broker) {
        this.broker = broker;
    }

    /** The 37 configs of a topic with these overrides. */
    public List<ConfigEntry> describe(Map<String, String> overrides) {
        return ConfigDescription.ofTopic(overrides, broker.get());
    }

    /** The configs in force for a topic. */
    public TopicConfig inForce(MetadataImage image, String topic) {
        Map<String, String> overrides = image.configs().of(ConfigResource.topic(topic));
        BrokerConfig now = broker.get();
        InForce known = inForce.get(overrides);
        if (known == null || known.broker() != now) {
            known = new InForce(now, TopicConfig.of(overrides, now));
            remember(inForce, overrides, known);
        }
        return known.config();
    }

    private static <K, V> void remember(Map<K, V> all, K key, V value) {
        if (all.size() >= REMEMBERED_MAX) {
            all.clear();
        }
        all.put(key, value);
    }

    /** What the log is told. */
    public LogSettings logSettings(TopicConfig config) {
        return settings(config).log();
    }

    /** What the partition is told. */
    public PartitionSettings partitionSettings(TopicConfig config) {
        return settings(config).partition();
    }

    private Settings settings(TopicConfig config) {
        BrokerConfig now = broker.get();
        Settings known = settings.get(config);
        if (known == null || known.broker() != now) {
            known = new Settings(now, ofLog(config, now), ofPartition(config));
            remember(settings, config, known);
        }
        return known;
    }

    private static LogSettings ofLog(TopicConfig config, BrokerConfig broker) {
        var segments = config.segments();
        var retention = config.retention();
        return new LogSettings(
                segments.bytes(),
                Duration.ofMillis(segments.ms()),
                Duration.ofMillis(segments.jitterMs()),
                Math.max(8, segments.indexBytesMax()),
                segments.indexIntervalBytes(),
                config.messages().bytesMax(),
                stampsRecords(config)
                        ? LogSettings.Timestamps.LOG_APPEND_TIME
                        : LogSettings.Timestamps.CREATE_TIME,
                limit(retention.ms()).map(Duration::ofMillis),
                limit(retention.bytes()),
                compaction(config),
                retention.deletes(),
                flush(config.durability()),
                Duration.ofMillis(retention.fileDeleteDelayMs()),
                Duration.ofMillis(broker.number("producer.id.expiration.ms")));
    }

    private static PartitionSettings ofPartition(TopicConfig config) {
        var messages = config.messages();
        return new PartitionSettings(
                config.durability().inSyncReplicasMin(),
                messages.bytesMax(),
                stampsRecords(config),
                messages.timestampBeforeMaxMs(),
                messages.timestampAfterMaxMs(),
                config.retention().compacts(),
                compression(config.compression()),
                Math.min(messages.decompressedBytesMax(), INFLATED_BYTES_MAX));
    }

    private static boolean stampsRecords(TopicConfig config) {
        return config.messages().timestampType() == TopicConfig.TimestampType.LOG_APPEND_TIME;
    }

    private static Optional<Long> limit(long value) {
        return value < 0 ? Optional.empty() : Optional.of(value);
    }

    private static Optional<LogSettings.Compaction> compaction(TopicConfig config) {
        var compaction = config.compaction();
        return config.retention().compacts()
                ? Optional.of(
                        new LogSettings.Compaction(
                                compaction.dirtyRatioMin(),
                                Duration.ofMillis(compaction.lagMinMs()),
                                Duration.ofMillis(compaction.lagMaxMs()),
                                Duration.ofMillis(config.retention().tombstoneMs())))
                : Optional.empty();
    }

    private static LogSettings.Flush flush(TopicConfig.Durability durability) {
        return new LogSettings.Flush(
                durability.flushRecordCount(),
                durability.flushMs() == Long.MAX_VALUE
                        ? Optional.empty()
                        : Optional.of(Duration.ofMillis(durability.flushMs())),
                false);
    }

    private static Optional<BatchCompression> compression(TopicConfig.Compression compression) {
        return switch (compression.codec()) {
            case PRODUCER -> Optional.empty();
            case UNCOMPRESSED -> Optional.of(BatchCompression.NONE);
            case GZIP -> Optional.of(new BatchCompression(Codec.GZIP, compression.gzipLevel()));
            case SNAPPY -> Optional.of(BatchCompression.of(Codec.SNAPPY));
            case LZ4 -> Optional.of(new BatchCompression(Codec.LZ4, compression.lz4Level()));
            case ZSTD -> Optional.of(new BatchCompression(Codec.ZSTD, compression.zstdLevel()));
        };
    }
}
