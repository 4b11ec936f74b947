package io.tombolo.protocol.records;

import org.apache.kafka.common.record.internal.CompressionType;
import org.jspecify.annotations.Nullable;

import java.util.Locale;
import java.util.Optional;

/** How the records of a batch are compressed; the order is that of the ids on the wire. */
public enum Codec {
    NONE(CompressionType.NONE),
    GZIP(CompressionType.GZIP),
    SNAPPY(CompressionType.SNAPPY),
    LZ4(CompressionType.LZ4),
    ZSTD(CompressionType.ZSTD);

    private static final Codec[] BY_ID = values();

    private final CompressionType kafka;

    Codec(CompressionType kafka) {
        this.kafka = kafka;
    }

    /** The number in the lowest three bits of a batch's attributes. */
    public int id() {
        return ordinal();
    }

    /** The codec with this id, or null when there is none. */
    public static @Nullable Codec ofId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /** The codec that {@code compression.type} names, in lower case; "none" is NONE. */
    public static Optional<Codec> named(String name) {
        for (Codec codec : BY_ID) {
            if (codec.configName().equals(name)) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }

    /** The value of {@code compression.type} that stands for this codec. */
    public String configName() {
        return name().toLowerCase(Locale.ROOT);
    }

    CompressionType kafka() {
        return kafka;
    }
}
