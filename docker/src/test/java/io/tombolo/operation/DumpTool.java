package io.tombolo.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Apache Kafka's own tool that prints the files of a log. */
final class DumpTool {

    private static final String TOOL = "org.apache.kafka.tools.DumpLogSegments";

    private DumpTool() {}

    /** Runs it on files; its lines. What it prints is kept in the folder meanwhile. */
    static List<String> run(Path folder, String option, Path... files)
            throws IOException, InterruptedException {
        Path output = folder.resolve("dump.txt");
        var names = java.util.Arrays.stream(files).map(Path::toString).toList();
        var process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                Path.of("target", "dump-tool").toAbsolutePath()
                                        + "/*:"
                                        + System.getProperty("java.class.path"),
                                TOOL,
                                option,
                                "--files",
                                String.join(",", names))
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        int exit = process.waitFor();
        List<String> lines = Files.readAllLines(output, StandardCharsets.UTF_8);
        assertThat(exit).describedAs(String.join("\n", lines)).isZero();
        return lines;
    }
}
