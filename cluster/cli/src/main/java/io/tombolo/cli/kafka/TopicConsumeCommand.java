package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Format;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.output.TreeText;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;

/** Prints the records of a topic. */
@Command(
        name = "consume",
        description = {
            "Prints the records of a topic from its start up to its present end.",
            "With -o json one object per line. Commits no positions."
        },
        footer = {
            "",
            "Example:",
            "  tombolo topic consume orders --region us --format '%%p@%%o %%v\\n'",
            "  tombolo topic consume orders --offset end --follow"
        })
final class TopicConsumeCommand implements Callable<Integer> {

    private static final Duration POLL = Duration.ofMillis(200);

    private final Shell shell;

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: the owner).")
    private @Nullable String region;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NUMBER",
            description = "Only this one; may be repeated.")
    private List<Integer> only = new ArrayList<>();

    @Option(
            names = "--offset",
            paramLabel = "OFFSET",
            description = "start, end, or a number to start from (default: start).")
    private String from = "start";

    @Option(
            names = {"-n", "--num"},
            paramLabel = "COUNT",
            description = "Stop after so many records.")
    private long countMax = Long.MAX_VALUE;

    @Option(
            names = "--committed",
            description = {
                "Leave out what transactions have aborted, and stop at the first one that is open."
            })
    private boolean committed;

    @Option(names = "--follow", description = "Go on with new records until Ctrl-C.")
    private boolean follow;

    @Option(
            names = "--format",
            paramLabel = "PATTERN",
            description = {
                "%%t topic, %%p partition, %%o offset, %%k key, %%v value, %%h headers, %%d time"
                        + " stamp,",
                "%%e leader epoch (default: '%%v\\n')."
            })
    private String pattern = RecordFormat.PATTERN_DEFAULT;

    TopicConsumeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        var format = new RecordFormat(pattern);
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        Map<TopicPartition, Partitions> partitions = partitions(in);
        Map<String, Object> settings = in.settings();
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("check.crcs", true);
        settings.put("isolation.level", committed ? "read_committed" : "read_uncommitted");
        var deserializer = new ByteArrayDeserializer();
        try (var consumer = new KafkaConsumer<>(settings, deserializer, deserializer)) {
            consumer.assign(partitions.keySet());
            partitions.forEach((partition, ends) -> consumer.seek(partition, start(ends)));
            consume(consumer, ends(consumer, partitions), format);
        } catch (KafkaException refused) {
            throw KafkaFailures.of(refused, in.topic(topic));
        }
        return ExitCode.OK.number();
    }

    private Map<TopicPartition, Partitions> partitions(KafkaRegion in) {
        var chosen = new HashMap<TopicPartition, Partitions>();
        try (Admin admin = in.admin()) {
            List<Partitions> all = Partitions.of(in, admin, topic);
            only.forEach(number -> Partitions.require(in.topic(topic), all.size(), number));
            for (Partitions partition : all) {
                int number = partition.info().partition();
                if (only.isEmpty() || only.contains(number)) {
                    chosen.put(new TopicPartition(topic, number), partition);
                }
            }
        }
        return chosen;
    }

    private long start(Partitions ends) {
        return switch (from) {
            case "start" -> ends.startOffset();
            case "end" -> ends.endOffset();
            default -> Math.clamp(Offsets.parse(from), ends.startOffset(), ends.endOffset());
        };
    }

    /** Where to stop, unless new records are waited for. */
    private Map<TopicPartition, Long> ends(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Partitions> partitions) {
        var ends = new HashMap<TopicPartition, Long>();
        if (committed) {
            ends.putAll(consumer.endOffsets(partitions.keySet()));
        } else {
            partitions.forEach((partition, known) -> ends.put(partition, known.endOffset()));
        }
        return ends;
    }

    private void consume(
            KafkaConsumer<byte[], byte[]> consumer,
            Map<TopicPartition, Long> ends,
            RecordFormat format) {
        long left = countMax;
        while (left > 0 && (follow || !finished(consumer, ends))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                var partition = new TopicPartition(topic, record.partition());
                boolean wanted = follow || record.offset() < KafkaRegion.entry(ends, partition);
                if (left > 0 && wanted) {
                    print(record, format);
                    left--;
                }
            }
            shell.out().flush();
            if (shell.out().checkError()) {
                return;
            }
        }
    }

    private static boolean finished(
            KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream()
                .allMatch(entry -> consumer.position(entry.getKey()) >= entry.getValue());
    }

    private void print(ConsumerRecord<byte[], byte[]> record, RecordFormat format) {
        if (shell.options().format() == Format.TABLE) {
            shell.out().print(format.print(record));
            return;
        }
        var headers = Tree.fields();
        for (Header header : record.headers()) {
            headers = headers.with(header.key(), RecordFormat.text(header.value()));
        }
        byte[] key = record.key();
        byte[] value = record.value();
        Tree tree =
                Tree.fields()
                        .with("topic", record.topic())
                        .with("partition", record.partition())
                        .with("offset", record.offset())
                        .with("timestamp", Instant.ofEpochMilli(record.timestamp()))
                        .with("key", key == null ? Tree.NOTHING : Tree.of(RecordFormat.text(key)))
                        .with(
                                "value",
                                value == null ? Tree.NOTHING : Tree.of(RecordFormat.text(value)))
                        .with("headers", headers);
        boolean json = shell.options().format() == Format.JSON;
        shell.out().print(json ? TreeText.jsonLine(tree) : TreeText.yaml(tree));
    }
}
