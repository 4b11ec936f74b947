package io.tombolo.contract;

import org.opentest4j.TestAbortedException;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Kafka Streams, Kafka Connect and Kafka's tools with the classes of their own version. Maven
 * fetches them, once.
 */
final class StockJars {

    private static final long SECONDS_MAX = 300;
    private static final Path JARS = Path.of("target", "stock").toAbsolutePath();
    private static final Path POM = Path.of("target", "test-classes", "stock", "pom.xml");

    private StockJars() {}

    /** Without Maven Central the tests that need them are left out, which is said aloud. */
    static void fetch() throws IOException, InterruptedException {
        Path lock = JARS.resolveSibling("stock.lock");
        // Another process of this run may need them, too.
        try (var channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            // What is there is complete if it was fetched for just this list.
            Path fetched = JARS.resolve("pom.xml");
            if (Files.notExists(fetched) || Files.mismatch(fetched, POM) >= 0) {
                copy();
                Files.copy(POM, fetched, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private static void copy() throws IOException, InterruptedException {
        Path output = Files.createTempFile("stock", ".out");
        Process process =
                new ProcessBuilder(
                                Path.of("..", "mvnw").toAbsolutePath().toString(),
                                "-B",
                                "-q",
                                "-f",
                                POM.toAbsolutePath().toString(),
                                "dependency:copy-dependencies",
                                "-DoutputDirectory=" + JARS)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            String why =
                    "Maven could not fetch Streams, Connect and tools: " + Files.readString(output);
            System.err.println(why);
            throw new TestAbortedException(why);
        }
    }

    /** Their own brokers are no question: they are tried on ours only. */
    static Subject tombolo(Subjects.Running running) {
        return running.subjects().stream()
                .filter(subject -> subject.id().equals("tombolo"))
                .findFirst()
                .orElseThrow(() -> new TestAbortedException("only ours is tried"));
    }

    /** Where they are. */
    static Path folder() {
        return JARS;
    }

    /** A Java process that sees them. */
    static List<String> java(String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", JARS + "/*"));
        command.addAll(List.of(arguments));
        return command;
    }
}
