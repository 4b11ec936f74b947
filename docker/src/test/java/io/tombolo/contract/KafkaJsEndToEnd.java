package io.tombolo.contract;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The JavaScript client {@code kafkajs} of npm against both brokers. */
class KafkaJsEndToEnd {

    private static final String PACKAGE = "kafkajs@2.2.4";
    private static final long SECONDS_MAX = 90;

    @TempDir private static Path folder;

    /** How a program ended, and what it printed. */
    private record Ended(int exitCode, String output) {}

    @BeforeAll
    static void kafkaJsIsInstalled() throws Exception {
        Ended installed;
        try {
            installed = run("npm", "install", "--no-audit", "--no-fund", PACKAGE);
        } catch (IOException missing) {
            throw skipped("npm does not start: " + missing.getMessage());
        }
        if (installed.exitCode() != 0) {
            throw skipped("npm could not install " + PACKAGE + ": " + installed.output());
        }
        try (InputStream program = KafkaJsEndToEnd.class.getResourceAsStream("/kafkajs.js")) {
            Files.copy(java.util.Objects.requireNonNull(program), folder.resolve("kafkajs.js"));
        }
    }

    private static TestAbortedException skipped(String why) {
        System.err.println("kafkajs is not tested: " + why);
        return new TestAbortedException(why);
    }

    @ContractTest
    @DisplayName("kafkajs makes a topic, produces, shares it in a group, commits and looks at it")
    void kafkaJsWorks(Subject subject) throws Exception {
        Ended ended =
                run(
                        "node",
                        "kafkajs.js",
                        subject.bootstrap(),
                        Subject.freshName("js"),
                        Subject.freshName("js"));

        assertThat(ended.output()).endsWith("ok\n");
        assertThat(ended.exitCode()).isZero();
    }

    private static Ended run(String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(folder, "run", ".out");
        Process process =
                new ProcessBuilder(List.of(command))
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
            return new Ended(-1, "not in time: " + Files.readString(output));
        }
        return new Ended(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
    }
}
