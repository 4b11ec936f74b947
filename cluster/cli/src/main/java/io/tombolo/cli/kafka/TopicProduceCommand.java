package io.tombolo.cli.kafka;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.cli.shell.Code;
import io.tombolo.cli.shell.CommandFailure;
import io.tombolo.cli.shell.ExitCode;
import io.tombolo.cli.shell.Shell;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Writes the lines of the input to a topic. */
@Command(
        name = "produce",
        description = "Writes the lines of the input to a topic, one record each.",
        footer = {
            "",
            "Example:",
            "  echo 'hello from eu' | tombolo topic produce orders",
            "  printf 'k1:v1\\nk2:v2\\n' | tombolo topic produce orders --key-separator :"
        })
final class TopicProduceCommand implements Callable<Integer> {

    /** Sent and not yet answered; bounds memory when the input is faster than the broker. */
    private static final int UNANSWERED_MAX = 10_000;

    private final Shell shell;
    private final ArrayDeque<Future<RecordMetadata>> unanswered = new ArrayDeque<>();
    private final TreeMap<Integer, Span> written = new TreeMap<>();

    @Parameters(paramLabel = "TOPIC", description = "Its name.")
    private String topic = "";

    @Option(names = "--region", paramLabel = "REGION", description = "Where (default: the owner).")
    private @Nullable String region;

    @Option(
            names = {"-k", "--key"},
            paramLabel = "KEY",
            description = "The key of every record (default: none).")
    private @Nullable String key;

    @Option(
            names = "--key-separator",
            paramLabel = "TEXT",
            description = "Each line is KEY TEXT VALUE.")
    private @Nullable String keySeparator;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "NUMBER",
            description = "Default: the client chooses, by the key when there is one.")
    private @Nullable Integer partition;

    @Option(
            names = {"-H", "--header"},
            paramLabel = "NAME=VALUE",
            description = "A header of every record; may be repeated.")
    private Map<String, String> headers = new LinkedHashMap<>();

    @Option(
            names = {"-z", "--compression"},
            paramLabel = "TYPE",
            description = "none, gzip, snappy, lz4 or zstd (default: none).")
    private Compression compression = Compression.NONE;

    TopicProduceCommand(Shell shell) {
        this.shell = shell;
    }

    /** Named as Kafka does. */
    private enum Compression {
        NONE,
        GZIP,
        SNAPPY,
        LZ4,
        ZSTD
    }

    private record Span(long first, long last, long count) {

        Span with(long offset) {
            return new Span(Math.min(first, offset), Math.max(last, offset), count + 1);
        }
    }

    @Override
    public Integer call() {
        KafkaRegion in = RegionChoice.forTopic(shell, region, topic);
        in.requireListener();
        Map<String, Object> settings = in.settings();
        settings.put("compression.type", compression.name().toLowerCase(Locale.ROOT));
        settings.put("delivery.timeout.ms", in.timeoutMs());
        settings.put("max.block.ms", in.timeoutMs());
        settings.put("linger.ms", 0);
        var serializer = new ByteArraySerializer();
        try (var producer = new KafkaProducer<>(settings, serializer, serializer)) {
            if (partition != null) {
                Partitions.require(
                        in.topic(topic), producer.partitionsFor(topic).size(), partition);
            }
            sendAll(producer);
        } catch (ExecutionException refused) {
            throw KafkaFailures.of(refused.getCause(), in.topic(topic));
        } catch (org.apache.kafka.common.KafkaException refused) {
            throw KafkaFailures.of(refused, in.topic(topic));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED.number();
        }
        report(in);
        return ExitCode.OK.number();
    }

    private void sendAll(KafkaProducer<byte[], byte[]> producer)
            throws ExecutionException, InterruptedException {
        BufferedReader lines = shell.lines();
        for (String line = next(lines); line != null; line = next(lines)) {
            unanswered.add(producer.send(recordOf(line)));
            if (unanswered.size() >= UNANSWERED_MAX) {
                note(unanswered.remove().get());
            }
        }
        producer.flush();
        while (!unanswered.isEmpty()) {
            note(unanswered.remove().get());
        }
    }

    private ProducerRecord<byte[], byte[]> recordOf(String line) {
        Optional<String> ownKey = Optional.ofNullable(key);
        String value = line;
        if (keySeparator != null) {
            int at = line.indexOf(keySeparator);
            if (at < 0) {
                throw CommandFailure.of(Code.BAD_INPUT, "a line has no key separator")
                        .at("standard input")
                        .seen("'" + line + "' has no '" + keySeparator + "'")
                        .why("records before it may have been written")
                        .fix("separate key and value of every line")
                        .failure();
            }
            ownKey = Optional.of(line.substring(0, at));
            value = line.substring(at + keySeparator.length());
        }
        var written =
                new ProducerRecord<>(
                        topic,
                        partition,
                        ownKey.map(TopicProduceCommand::bytes).orElse(null),
                        bytes(value));
        headers.forEach((name, text) -> written.headers().add(name, bytes(text)));
        return written;
    }

    private void note(RecordMetadata answer) {
        long offset = answer.offset();
        Span span = written.get(answer.partition());
        written.put(
                answer.partition(), span == null ? new Span(offset, offset, 1) : span.with(offset));
    }

    private void report(KafkaRegion in) {
        Tree spans =
                Tree.list(
                        written.entrySet(),
                        entry ->
                                Tree.fields()
                                        .with("partition", entry.getKey())
                                        .with("firstOffset", entry.getValue().first())
                                        .with("lastOffset", entry.getValue().last())
                                        .with("records", entry.getValue().count()));
        Tree tree =
                Tree.fields().with("topic", topic).with("region", in.name()).with("written", spans);
        shell.print(tree, () -> text(in));
    }

    private String text(KafkaRegion in) {
        var text = new StringBuilder();
        written.forEach((number, span) ->
                text.append(
                        "%s → %s-%d@%d%s in %s\n"
                                .formatted(
                                        Amounts.of(span.count(), "record"),
                                        topic,
                                        number,
                                        span.first(),
                                        span.count() == 1 ? "" : "…" + span.last(),
                                        in.name())));
        return text.isEmpty() ? "nothing to write\n" : text.toString();
    }

    private static @Nullable String next(BufferedReader lines) {
        try {
            return lines.readLine();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
