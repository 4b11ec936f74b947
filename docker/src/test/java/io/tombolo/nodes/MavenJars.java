package io.tombolo.nodes;

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
 * Jars that are not part of the build, and what they need. Maven fetches them, once.
 *
 * @param name of the folder in the test resources whose {@code pom.xml} lists them
 */
public record MavenJars(String name) {

    private static final long SECONDS_MAX = 300;

    /** Without Maven Central the tests that need them are left out, which is said aloud. */
    public void fetch() throws IOException, InterruptedException {
        Path lock = folder().resolveSibling(name + ".lock");
        // Another process of this run may need them, too.
        try (var channel =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = channel.lock()) {
            // What is there is complete if it was fetched for just this list.
            Path fetched = folder().resolve("pom.xml");
            if (Files.notExists(fetched) || Files.mismatch(fetched, pom()) >= 0) {
                copy();
                Files.copy(pom(), fetched, StandardCopyOption.REPLACE_EXISTING);
            }
        }
    }

    private void copy() throws IOException, InterruptedException {
        Path output = Files.createTempFile(name, ".out");
        Process process =
                new ProcessBuilder(
                                Path.of("..", "mvnw").toAbsolutePath().toString(),
                                "-B",
                                "-q",
                                "-f",
                                pom().toAbsolutePath().toString(),
                                "dependency:copy-dependencies",
                                "-DoutputDirectory=" + folder())
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
        if (!ended || process.exitValue() != 0) {
            process.destroyForcibly();
            String why =
                    "Maven could not fetch what %s needs: %s"
                            .formatted(pom(), Files.readString(output));
            System.err.println(why);
            throw new TestAbortedException(why);
        }
    }

    private Path pom() {
        return Path.of("target", "test-classes", name, "pom.xml");
    }

    /** Where they are. */
    public Path folder() {
        return Path.of("target", name).toAbsolutePath();
    }

    /** A Java process that sees them. */
    public List<String> java(String... arguments) {
        return javaWith(folder() + "/*", arguments);
    }

    /** A small Java process that sees this class path. */
    public static List<String> javaWith(String classPath, String... arguments) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(arguments));
        return command;
    }
}
