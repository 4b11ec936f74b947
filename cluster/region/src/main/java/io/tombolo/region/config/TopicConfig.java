package io.tombolo.region.config;

import io.tombolo.environment.Invariant;

import java.util.Map;
import java.util.Optional;

/**
 * The settings of a topic in their own types. Times are in milliseconds and sizes in bytes; −1
 * means without limit where Kafka says so.
 */
public record TopicConfig(
        Retention retention,
        Segments segments,
        Messages messages,
        Compression compression,
        Compaction compaction,
        Durability durability) {

    /**
     * How long records stay.
     *
     * @param deletes whether old segments are deleted at all
     * @param compacts whether only the latest record of a key is kept
     * @param ms −1 for ever
     * @param bytes per partition; −1 without limit
     * @param tombstoneMs how long a deletion marker outlives compaction
     * @param fileDeleteDelayMs between leaving the log and leaving the disk
     */
    public record Retention(
            boolean deletes,
            boolean compacts,
            long ms,
            long bytes,
            long tombstoneMs,
            long fileDeleteDelayMs) {}

    /** The shape of the files. */
    public record Segments(
            int bytes,
            long ms,
            long jitterMs,
            int indexBytesMax,
            int indexIntervalBytes,
            boolean preallocate) {}

    /**
     * What producers may send.
     *
     * @param bytesMax of one batch
     * @param decompressedBytesMax of one batch, inflated
     * @param timestampBeforeMaxMs how far a timestamp may lie in the past
     * @param timestampAfterMaxMs how far a timestamp may lie in the future
     */
    public record Messages(
            int bytesMax,
            int decompressedBytesMax,
            TimestampType timestampType,
            long timestampBeforeMaxMs,
            long timestampAfterMaxMs) {}

    /** Who stamps records. */
    public enum TimestampType {
        CREATE_TIME,
        LOG_APPEND_TIME
    }

    /** How batches are stored. */
    public record Compression(Codec codec, int gzipLevel, int lz4Level, int zstdLevel) {}

    /** A compression codec; {@code PRODUCER} keeps what the producer chose. */
    public enum Codec {
        PRODUCER,
        UNCOMPRESSED,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    /** When a compacted topic is cleaned. */
    public record Compaction(double dirtyRatioMin, long lagMinMs, long lagMaxMs) {}

    /** When a record counts as safe. */
    public record Durability(
            int inSyncReplicasMin,
            boolean uncleanLeaderElection,
            long flushRecordCount,
            long flushMs) {}

    /**
     * The settings in force.
     *
     * @param explicit set on the topic itself; legal, see {@link #check}
     * @param broker supplies what the topic does not set
     */
    public static TopicConfig of(Map<String, String> explicit, BrokerConfig broker) {
        var values = new Values(explicit, broker);
        return new TopicConfig(
                values.retention(),
                values.segments(),
                values.messages(),
                values.compression(),
                new Compaction(
                        Double.parseDouble(values.text("min.cleanable.dirty.ratio")),
                        values.number("min.compaction.lag.ms"),
                        values.number("max.compaction.lag.ms")),
                new Durability(
                        values.integer("min.insync.replicas"),
                        values.flag("unclean.leader.election.enable"),
                        values.number("flush.messages"),
                        values.number("flush.ms")));
    }

    /**
     * Judges all settings of a topic together: first the names, then each value, then how the
     * values fit with each other and with those of the broker.
     *
     * @return the first refusal in Kafka's words; empty when all is well
     */
    public static Optional<String> check(Map<String, String> explicit, BrokerConfig broker) {
        for (String name : explicit.keySet()) {
            if (ConfigCatalogue.TOPIC.find(name).isEmpty()) {
                return ConfigCatalogue.TOPIC.check(name, "");
            }
        }
        for (var setting : explicit.entrySet()) {
            var objection = ConfigCatalogue.TOPIC.check(setting.getKey(), setting.getValue());
            if (objection.isPresent()) {
                return objection;
            }
        }
        return new Values(explicit, broker).objection();
    }

    /** Values by Kafka's names. */
    private record Values(Map<String, String> explicit, BrokerConfig broker) {

        Retention retention() {
            var policy = ListValue.elements(text("cleanup.policy"));
            return new Retention(
                    policy.contains("delete"),
                    policy.contains("compact"),
                    number("retention.ms"),
                    number("retention.bytes"),
                    number("delete.retention.ms"),
                    number("file.delete.delay.ms"));
        }

        Segments segments() {
            return new Segments(
                    integer("segment.bytes"),
                    number("segment.ms"),
                    number("segment.jitter.ms"),
                    integer("segment.index.bytes"),
                    integer("index.interval.bytes"),
                    flag("preallocate"));
        }

        Messages messages() {
            boolean byLog = text("message.timestamp.type").equals("LogAppendTime");
            return new Messages(
                    integer("max.message.bytes"),
                    integer("max.decompressed.message.bytes"),
                    byLog ? TimestampType.LOG_APPEND_TIME : TimestampType.CREATE_TIME,
                    number("message.timestamp.before.max.ms"),
                    number("message.timestamp.after.max.ms"));
        }

        Compression compression() {
            Codec codec =
                    switch (text("compression.type")) {
                        case "uncompressed" -> Codec.UNCOMPRESSED;
                        case "gzip" -> Codec.GZIP;
                        case "snappy" -> Codec.SNAPPY;
                        case "lz4" -> Codec.LZ4;
                        case "zstd" -> Codec.ZSTD;
                        default -> Codec.PRODUCER;
                    };
            return new Compression(
                    codec,
                    integer("compression.gzip.level"),
                    integer("compression.lz4.level"),
                    integer("compression.zstd.level"));
        }

        Optional<String> objection() {
            long lagMin = number("min.compaction.lag.ms");
            long lagMax = number("max.compaction.lag.ms");
            if (lagMin > lagMax) {
                return Optional.of(
                        "conflict topic config setting min.compaction.lag.ms (%d) > max.compaction.lag.ms (%d)"
                                .formatted(lagMin, lagMax));
            }
            if (flag("remote.storage.enable")) {
                return Optional.of(
                        "Tiered Storage functionality is disabled in the broker. Topic cannot be"
                                + " configured with remote log storage.");
            }
            return Optional.empty();
        }

        boolean flag(String name) {
            return Boolean.parseBoolean(text(name));
        }

        int integer(String name) {
            return Integer.parseInt(text(name));
        }

        long number(String name) {
            return Long.parseLong(text(name));
        }

        String text(String name) {
            ConfigDefinition config =
                    ConfigCatalogue.TOPIC
                            .find(name)
                            .orElseThrow(() ->
                                    new Invariant.Broken("no topic config is called " + name));
            String set = explicit.get(name);
            return set != null
                    ? config.canonical(set)
                    : broker.standIn(ConfigCatalogue.TOPIC, config)
                            .orElseThrow(() ->
                                    new Invariant.Broken("topic config " + name + " is unset"));
        }
    }
}
