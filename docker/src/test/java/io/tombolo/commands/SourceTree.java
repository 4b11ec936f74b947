package io.tombolo.commands;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tombolo.nodes.Checkout;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** A source tree with the real launcher, in which the build and the JDK are scripts. */
final class SourceTree implements AutoCloseable {

    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(60);
    private static final List<String> FOLDERS = List.of("/bin", "/usr/bin");
    private static final List<String> COMMANDS =
            List.of(
                    "sh",
                    "basename",
                    "cat",
                    "cp",
                    "dirname",
                    "expr",
                    "find",
                    "head",
                    "ln",
                    "mkdir",
                    "ps",
                    "readlink",
                    "rm",
                    "sed",
                    "sleep",
                    "tail",
                    "touch",
                    "grep");

    /** Appends its process id to {@code builds}, so that builds can be counted and ended. */
    private static final String BUILD =
            """
            #!/bin/sh
            cd "$(dirname "$0")"
            echo $$ >> builds
            echo '[INFO] Building Tombolo 0.1.0 [1/1]'
            [ ! -e broken ] || { echo '[ERROR] it does not compile'; exit 1; }
            while [ -e held ]; do sleep 0.1; done
            mkdir -p target docker/target/tombolo/lib
            cp began target/built
            cp began docker/target/tombolo/built
            """;

    /** Makes the cache that it is told to make. */
    private static final String JAVA =
            """
            #!/bin/sh
            for flag; do case $flag in -XX:AOTCacheOutput=*) echo cache > "${flag#*=}" ;; esac; done
            echo '%s'
            """;

    private final Path folder;
    private final List<Start> starts = new ArrayList<>();

    /**
     * @param built when every build of this tree will say that it began
     * @param output what the command prints
     */
    SourceTree(Path folder, Instant built, String output) throws IOException {
        this.folder = folder;
        Files.copy(Checkout.root().resolve("tombolo"), folder.resolve("tombolo"));
        writeExecutable(folder.resolve("mvnw"), BUILD);
        Files.createDirectories(folder.resolve("jdk/bin"));
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25\"\n");
        writeExecutable(folder.resolve("jdk/bin/java"), JAVA.formatted(output));
        for (String pom :
                List.of("pom.xml", "cluster/pom.xml", "linker/pom.xml", "docker/pom.xml")) {
            write(pom, built.minusSeconds(1));
        }
        Files.writeString(folder.resolve("began"), built + "\n");
    }

    /** Writes a file as if it had been saved at this moment. */
    void write(String file, Instant saved) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, "");
        Files.setLastModifiedTime(path, FileTime.from(saved));
    }

    void holdBuilds() throws IOException {
        Files.createFile(folder.resolve("held"));
    }

    void letBuildsEnd() throws IOException {
        Files.delete(folder.resolve("held"));
    }

    void breakBuilds() throws IOException {
        Files.createFile(folder.resolve("broken"));
    }

    void mendBuilds() throws IOException {
        Files.delete(folder.resolve("broken"));
    }

    /** Builds all modules without the launcher. */
    void build() {
        start(List.of(folder.resolve("mvnw").toString()), true).ended();
    }

    /** Leaves what a build of the distribution alone leaves. */
    void buildDockerAlone(Instant began) throws IOException {
        Files.writeString(folder.resolve("docker/target/tombolo/built"), began + "\n");
    }

    /** How many builds there have been. */
    int builds() {
        return buildIds().size();
    }

    List<ProcessHandle> runningBuilds() {
        return buildIds().stream().map(ProcessHandle::of).flatMap(Optional::stream).toList();
    }

    private List<Long> buildIds() {
        Path ids = folder.resolve("builds");
        try {
            return Files.exists(ids)
                    ? Files.readAllLines(ids).stream().map(Long::valueOf).toList()
                    : List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** What starts without {@code flock} have left that says whose turn it is. */
    List<Path> turns() throws IOException {
        try (Stream<Path> files = Files.list(folder.resolve("docker/target"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("build.lock."))
                    .toList();
        }
    }

    Start start() {
        return start(true);
    }

    /** Starts the command with or without {@code flock} among the commands of the machine. */
    Start start(boolean flock) {
        return start(List.of(folder.resolve("tombolo").toString(), "version"), flock);
    }

    /** Starts a broker, which is the quicker for a cache. */
    Start startBroker() {
        return start(List.of(folder.resolve("tombolo").toString(), "broker"), true);
    }

    private Start start(List<String> command, boolean flock) {
        try {
            Path output = folder.resolve("output-" + starts.size());
            var builder =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile());
            builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
            if (!flock) {
                builder.environment().put("PATH", commandsWithoutFlock().toString());
            }
            var start = new Start(builder.start(), output);
            starts.add(start);
            return start;
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    private Path commandsWithoutFlock() throws IOException {
        Path commands = folder.resolve("commands");
        if (Files.exists(commands)) {
            return commands;
        }
        Files.createDirectory(commands);
        for (String name : COMMANDS) {
            Optional<Path> command =
                    FOLDERS.stream()
                            .map(place -> Path.of(place, name))
                            .filter(Files::exists)
                            .findFirst();
            assumeTrue(command.isPresent(), "this machine has no " + name);
            Files.createSymbolicLink(commands.resolve(name), command.orElseThrow());
        }
        return commands;
    }

    /** One start of the launcher, and what it prints. */
    record Start(Process process, Path output) {

        /** Waits until it has printed this. */
        void await(String text) {
            awaitThat(() -> printed().contains(text));
        }

        /** Waits for its end and gives all that it has printed. */
        String ended() {
            awaitThat(() -> !process.isAlive());
            return printed();
        }

        int exitCode() {
            return process.exitValue();
        }

        /** As Ctrl-C does, but for a signal that nobody has ignored for it. */
        void stop() {
            process.destroy();
        }

        void kill() {
            process.destroyForcibly();
            awaitThat(() -> !process.isAlive());
        }

        private void awaitThat(BooleanSupplier condition) {
            long start = System.nanoTime();
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime() - start).as(printed()).isLessThan(WAIT_NANOS_MAX);
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }

        private String printed() {
            try {
                return Files.readString(output);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    @Override
    public void close() {
        starts.forEach(start -> start.process().destroyForcibly());
        runningBuilds().forEach(ProcessHandle::destroyForcibly);
    }

    private static void writeExecutable(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }
}
