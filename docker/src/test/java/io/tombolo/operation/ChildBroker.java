package io.tombolo.operation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code tombolo broker} as a process of its own, which never outlives the test run. */
final class ChildBroker implements AutoCloseable {

    private static final long EXIT_SECONDS_MAX = 45;

    private final Process process;
    private final Path output;
    private final Thread exitHook;

    private ChildBroker(Process process, Path output) {
        this.process = process;
        this.output = output;
        exitHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(exitHook);
    }

    /** Starts the broker of a region; its output goes to a file of that name. */
    static ChildBroker start(Site site, String region, String outputName) {
        return start(site, region, outputName, "128m");
    }

    /** The same with another heap, and as much memory outside of it. */
    static ChildBroker start(Site site, String region, String outputName, String heap) {
        return start(site.file(), region, 1, site.folder().resolve(outputName + ".out"), heap);
    }

    /** The broker of a region, in a process that may have so many files and sockets open. */
    static ChildBroker startWithDescriptors(
            Site site, String region, String outputName, int descriptors) {
        Path output = site.folder().resolve(outputName + ".out");
        var limited =
                new ArrayList<>(
                        List.of(
                                "sh",
                                "-c",
                                "ulimit -n %d && exec \"$@\"".formatted(descriptors),
                                "limited"));
        limited.addAll(command(site.file(), region, 1, "128m"));
        return start(limited, output);
    }

    /** The broker of a file with this number in its region. */
    static ChildBroker start(Path file, String region, int number, Path output, String heap) {
        return start(command(file, region, number, heap), output);
    }

    private static List<String> command(Path file, String region, int number, String heap) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.tombolo.cli.Main",
                "broker",
                "-f",
                file.toString(),
                "--region",
                region,
                "--id",
                Integer.toString(number));
    }

    private static ChildBroker start(List<String> command, Path output) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(output.toFile())
                            .start();
            return new ChildBroker(process, output);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** Waits until it says that it serves. */
    ChildBroker awaitReady() {
        Patience.untilTrue(
                "the broker is ready or has ended",
                () -> !process.isAlive() || output().contains("ready"));
        if (!process.isAlive()) {
            throw new IllegalStateException("it ended: " + output());
        }
        return this;
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** SIGKILL. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** Sends a signal by its name. */
    void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid())).start().waitFor();
        } catch (IOException unsent) {
            throw new UncheckedIOException(unsent);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** SIGTERM; returns the exit code. */
    int terminate() {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("it still runs: " + output());
            }
            return process.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(exitHook);
    }
}
