package io.tombolo.house;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.nodes.Checkout;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What is said to have an effect is mentioned by the code, as itself or as what it stands for. */
class ConfigsWithEffectTest {

    private static final Path CATALOGUE =
            Path.of("cluster/region/src/main/resources/io/tombolo/region/config");

    /** Settings of clients, a key of meta.properties, and one that is refused. */
    private static final Set<String> OF_SOMETHING_ELSE =
            Set.of("metric.reporters", "request.timeout.ms", "node.id", "remote.storage.enable");

    @Test
    void everyConfigThatIsSaidToHaveAnEffectIsMentionedByTheCode() throws IOException {
        Set<String> names = new HashSet<>(lines("with-effect.txt"));
        assertThat(names).hasSizeGreaterThan(50);
        String code = code();
        Set<String> standIns = standIns(names, code);

        assertThat(names).allMatch(name -> mentioned(name, code) || standIns.contains(name));
    }

    /** An operator who sets one of these must not be told at start that it does nothing. */
    @Test
    void everyConfigThatTheCodeMentionsIsSaidToHaveAnEffect() throws IOException {
        String code = code();
        Set<String> silent = new HashSet<>(definitions());
        lines("with-effect.txt").forEach(silent::remove);
        silent.removeIf(name -> !code.contains('"' + name + '"'));

        assertThat(silent).isEqualTo(OF_SOMETHING_ELSE);
    }

    @Test
    void aNameThatNoCodeMentionsIsFound() throws IOException {
        String code = code();

        assertThat(mentioned("num.recovery.threads.per.data.dir", code)).isFalse();
        assertThat(mentioned("num.partitions", code)).isTrue();
        assertThat(mentioned("leader.replication.throttled.rate", code)).isTrue();
    }

    /** As a literal; or without its first word where code puts that in front. */
    private static boolean mentioned(String name, String code) {
        return code.contains('"' + name + '"')
                || code.contains('"' + name.substring(name.indexOf('.')) + '"');
    }

    /** Broker configs that stand in for those of topics. */
    private static Set<String> standIns(Set<String> names, String code) throws IOException {
        Set<String> standIns = new HashSet<>();
        for (String line : lines("synonyms.txt")) {
            List<String> words = Arrays.asList(line.split(" "));
            if (names.contains(words.getFirst()) && mentioned(words.getFirst(), code)) {
                standIns.addAll(words.subList(1, words.size()));
            }
        }
        return standIns;
    }

    private static List<String> definitions() throws IOException {
        return lines("kafka-4.4.0.txt").stream()
                .map(line -> line.substring(0, line.indexOf('|')))
                .toList();
    }

    private static List<String> lines(String file) throws IOException {
        try (Stream<String> lines = Files.lines(Checkout.root().resolve(CATALOGUE).resolve(file))) {
            return lines.filter(line -> !line.isBlank() && !line.matches("(#|==).*")).toList();
        }
    }

    private static String code() throws IOException {
        var code = new StringBuilder();
        for (House.Module module : House.modules()) {
            for (Path file : House.javaFiles(module.folder().resolve("src/main"))) {
                code.append(Files.readString(file));
            }
        }
        return code.toString();
    }
}
