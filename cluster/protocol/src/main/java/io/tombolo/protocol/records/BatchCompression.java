package io.tombolo.protocol.records;

import org.apache.kafka.common.compress.Compression;

/**
 * A codec and how hard it tries.
 *
 * @param level the codec's own level; ignored by the codecs that have none (none, snappy)
 */
public record BatchCompression(Codec codec, int level) {

    /** No compression. */
    public static final BatchCompression NONE = of(Codec.NONE);

    public BatchCompression {
        build(codec, level);
    }

    /** A codec at the level that Kafka uses unless it is told otherwise. */
    public static BatchCompression of(Codec codec) {
        return new BatchCompression(codec, hasLevels(codec) ? codec.kafka().defaultLevel() : 0);
    }

    Compression toKafka() {
        return build(codec, level);
    }

    private static boolean hasLevels(Codec codec) {
        return codec == Codec.GZIP || codec == Codec.LZ4 || codec == Codec.ZSTD;
    }

    private static Compression build(Codec codec, int level) {
        return switch (codec) {
            case NONE -> Compression.NONE;
            case GZIP -> Compression.gzip().level(level).build();
            case SNAPPY -> Compression.snappy().build();
            case LZ4 -> Compression.lz4().level(level).build();
            case ZSTD -> Compression.zstd().level(level).build();
        };
    }
}
