package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** librdkafka's command line against both brokers: the Debian package {@code kcat}. */
class KcatEndToEnd {

    private static final long SECONDS_MAX = 60;

    @BeforeAll
    static void kcatIsInstalled() {
        for (String folder : System.getenv().getOrDefault("PATH", "").split(":")) {
            if (Files.isExecutable(Path.of(folder, "kcat"))) {
                return;
            }
        }
        throw new TestAbortedException(
                "kcat is not installed: apt-get install --yes --no-install-recommends kcat");
    }

    @ContractTest
    @DisplayName("kcat lists brokers and topics")
    void kcatListsMetadata(Subject subject) {
        Topic topic = subject.newTopic(3, Map.of());

        String listing = kcat(subject, "", "-L");

        assertThat(listing).contains("1 brokers:").contains("at " + subject.bootstrap());
        assertThat(listing).contains("topic \"%s\" with 3 partitions".formatted(topic.name()));
    }

    @ContractTest
    @DisplayName("kcat produces with every codec and idempotence, and reads it back")
    void kcatProducesAndConsumes(Subject subject) {
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
            Topic topic = subject.newTopic();
            kcat(
                    subject,
                    "k1:one\nk2:two\nk3:three\n",
                    "-P",
                    "-t",
                    topic.name(),
                    "-K:",
                    "-z",
                    codec,
                    "-X",
                    "enable.idempotence=true");

            String read =
                    kcat(
                            subject,
                            "",
                            "-C",
                            "-t",
                            topic.name(),
                            "-e",
                            "-o",
                            "beginning",
                            "-f",
                            "%o:%k=%s\\n");

            assertThat(read.lines()).as(codec).contains("0:k1=one", "1:k2=two", "2:k3=three");
        }
    }

    @ContractTest
    @DisplayName("a kcat group reads everything once and goes on where it stopped")
    void kcatConsumesInAGroup(Subject subject) {
        Topic topic = subject.newTopic(2, Map.of());
        String group = Subject.freshName("kcat");
        kcat(subject, "a\nb\nc\n", "-P", "-t", topic.name());

        assertThat(inGroup(subject, group, topic, 3)).containsExactlyInAnyOrder("a", "b", "c");
        kcat(subject, "d\n", "-P", "-t", topic.name());
        assertThat(inGroup(subject, group, topic, 1)).containsExactly("d");
    }

    private static List<String> inGroup(Subject subject, String group, Topic topic, int count) {
        String read =
                kcat(
                        subject,
                        "",
                        "-c",
                        String.valueOf(count),
                        "-X",
                        "auto.offset.reset=earliest",
                        "-f",
                        "value %s\\n",
                        "-G",
                        group,
                        topic.name());
        return read.lines()
                .filter(line -> line.startsWith("value "))
                .map(line -> line.substring("value ".length()))
                .toList();
    }

    private static String kcat(Subject subject, String input, String... arguments) {
        var command = new ArrayList<>(List.of("kcat", "-b", subject.bootstrap()));
        command.addAll(List.of(arguments));
        try {
            Path output = Files.createTempFile("kcat", ".out");
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            String text = Files.readString(output);
            Files.delete(output);
            assertThat(ended).as("%s ends; it said %s", command, text).isTrue();
            assertThat(process.exitValue()).as("%s said %s", command, text).isZero();
            return text;
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
