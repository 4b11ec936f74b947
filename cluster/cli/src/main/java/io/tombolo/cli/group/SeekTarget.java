package io.tombolo.cli.group;

import io.tombolo.cli.kafka.KafkaRegion;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.Durations;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where a group shall go on, as a user says it. */
sealed interface SeekTarget {

    /** The beginning of each partition. */
    record Start() implements SeekTarget {}

    /** The end of each partition. */
    record End() implements SeekTarget {}

    /** This offset, or the end of the log that is nearer to it. */
    record Exactly(long offset) implements SeekTarget {}

    /** The first record that is not older; the end when there is none. */
    record Since(Instant time) implements SeekTarget {}

    /**
     * Reads {@code start}, {@code end}, what Kafka's tools call them ({@code earliest}, {@code
     * latest}), a number, a point in time or a duration.
     *
     * @throws CommandFailure for everything else
     */
    static SeekTarget parse(String text) {
        if (text.equals("start") || text.equals("earliest")) {
            return new Start();
        }
        if (text.equals("end") || text.equals("latest")) {
            return new End();
        }
        if (text.matches("[0-9]{1,18}")) {
            return new Exactly(Long.parseLong(text));
        }
        try {
            return text.contains("T")
                    ? new Since(Instant.parse(text))
                    : new Since(Instant.now().minus(Durations.parse(text)));
        } catch (DateTimeException | IllegalArgumentException unreadable) {
            throw CommandFailure.of(Code.BAD_INPUT, "'" + text + "' is no place to go to")
                    .at("--to")
                    .seen(String.valueOf(unreadable.getMessage()))
                    .fix(
                            "--to start",
                            "--to end",
                            "--to 1200",
                            "--to 2026-11-22T10:00:00Z",
                            "--to 30m")
                    .because(unreadable)
                    .failure();
        }
    }

    /** The offset in each of these partitions. */
    default Map<TopicPartition, Long> offsets(
            KafkaRegion in, Admin admin, List<TopicPartition> partitions) {
        Map<TopicPartition, Long> starts = asked(in, admin, partitions, OffsetSpec.earliest());
        Map<TopicPartition, Long> ends = asked(in, admin, partitions, OffsetSpec.latest());
        return switch (this) {
            case Start _ -> starts;
            case End _ -> ends;
            case Exactly(long offset) -> {
                Map<TopicPartition, Long> exact = new HashMap<>();
                for (TopicPartition partition : partitions) {
                    exact.put(
                            partition,
                            Math.clamp(
                                    offset,
                                    KafkaRegion.entry(starts, partition),
                                    KafkaRegion.entry(ends, partition)));
                }
                yield exact;
            }
            case Since(Instant time) -> {
                Map<TopicPartition, Long> since =
                        asked(in, admin, partitions, OffsetSpec.forTimestamp(time.toEpochMilli()));
                since.replaceAll((partition, offset) ->
                        offset < 0 ? KafkaRegion.entry(ends, partition) : offset);
                yield since;
            }
        };
    }

    private static Map<TopicPartition, Long> asked(
            KafkaRegion in, Admin admin, List<TopicPartition> partitions, OffsetSpec spec) {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        partitions.forEach(partition -> wanted.put(partition, spec));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        in.await(admin.listOffsets(wanted).all(), in.all("partitions"))
                .forEach((partition, found) -> offsets.put(partition, found.offset()));
        return offsets;
    }
}
