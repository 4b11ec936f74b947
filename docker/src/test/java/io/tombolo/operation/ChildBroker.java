package io.tombolo.operation;

import io.tombolo.nodes.NodeProcess;
import io.tombolo.nodes.Release;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code tombolo broker} as a process of its own, which never outlives the test run. */
final class ChildBroker implements AutoCloseable {

    private final NodeProcess process;
    private final Path output;

    private ChildBroker(NodeProcess process, Path output) {
        this.process = process;
        this.output = output;
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

    /** The same, behind what enters a place of its own, such as a namespace. */
    static ChildBroker start(
            List<String> prefix, Path file, String region, int number, Path output) {
        var command = new ArrayList<>(prefix);
        command.addAll(command(file, region, number, "128m"));
        return start(command, output);
    }

    private static List<String> command(Path file, String region, int number, String heap) {
        List<String> command = Release.java("-Xmx" + heap);
        command.add("broker");
        command.addAll(List.of("-f", file.toString(), "--region", region));
        command.addAll(List.of("--id", Integer.toString(number)));
        return command;
    }

    private static ChildBroker start(List<String> command, Path output) {
        try {
            Files.deleteIfExists(output);
        } catch (IOException undeletable) {
            throw new UncheckedIOException(undeletable);
        }
        return new ChildBroker(NodeProcess.start(command, output), output);
    }

    /** Waits until it says that it serves. */
    ChildBroker awaitReady() {
        Patience.untilTrue(
                "the broker is ready or has ended", () -> !alive() || output().contains("ready"));
        if (!alive()) {
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
        return process.alive();
    }

    /** SIGKILL. */
    void kill() {
        process.kill();
    }

    /** Sends a signal by its name. */
    void signal(String name) {
        process.signal(name);
    }

    /** SIGTERM; returns the exit code. */
    int terminate() {
        return process.terminate();
    }

    int awaitExit() {
        return process.awaitExit();
    }

    @Override
    public void close() {
        process.close();
    }
}
