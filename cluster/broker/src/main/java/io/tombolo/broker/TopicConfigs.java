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
import java.util.function.Supplier;

/**
 * What the configs of topics come to on this broker. Callable from any thread.
 *
 * @param broker the broker's own configs as they are now
 */
public record TopicConfigs(Supplier<BrokerConfig> broker) {

    /**
     * What the heap bears of a batch whose records are read or compressed anew: that costs several
     * times its size, on each shard at the same time.
     */
    private static final int INFLATED_BYTES_MAX =
            Math.clamp(Runtime.getRuntime().maxMemory() / 16, 4 << 20, 1 << 30);

    /** The 37 configs of a topic with these overrides. */
    public List<ConfigEntry> describe(Map<String, String> overrides) {
        return ConfigDescription.ofTopic(overrides, broker.get());
    }

    /** The configs in force for a topic. */
    public TopicConfig inForce(MetadataImage image, String topic) {
        return TopicConfig.of(image.configs().of(ConfigResource.topic(topic)), broker.get());
    }

    /** What the log is told. */
    public LogSettings logSettings(TopicConfig config) {
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
                retention.compacts(),
                retention.deletes(),
                flush(config.durability()),
                Duration.ofMillis(retention.fileDeleteDelayMs()),
                Duration.ofMillis(broker.get().number("producer.id.expiration.ms")));
    }

    /** What the partition is told. */
    public PartitionSettings partitionSettings(TopicConfig config) {
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
