package io.tombolo.commands;

import io.tombolo.nodes.Release;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** The command of a release, typed in a folder. */
public final class Tombolo {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long COMMAND_SECONDS_MAX = 180;

    private final Path folder;

    /**
     * @param folder the working directory of the commands
     */
    public Tombolo(Path folder) {
        this.folder = folder;
    }

    /** How a command ended. */
    public record Ended(int exitCode, String out, String err) {

        /** What it printed, of a command that did what it was asked. */
        public JsonNode json() {
            if (exitCode != 0) {
                throw new AssertionError("exit code " + exitCode + ": " + err);
            }
            return JSON.readTree(out);
        }
    }

    /** Runs a command to its end. */
    public Ended run(String... arguments) {
        return runWithInput("", arguments);
    }

    /** Runs a command that reads this. */
    public Ended runWithInput(String input, String... arguments) {
        try {
            Path out = Files.createTempFile(folder, "command", ".out");
            Path err = Files.createTempFile(folder, "command", ".err");
            Process process =
                    command(arguments)
                            .redirectOutput(out.toFile())
                            .redirectError(err.toFile())
                            .start();
            try (var stdin = process.getOutputStream()) {
                stdin.write(input.getBytes(StandardCharsets.UTF_8));
            }
            if (!process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running: " + String.join(" ", arguments));
            }
            return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** Starts a command that stays; its output goes to a file of the folder. */
    public Process start(String output, String... arguments) {
        try {
            Process process =
                    command(arguments)
                            .redirectErrorStream(true)
                            .redirectOutput(folder.resolve(output).toFile())
                            .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return process;
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** What a command prints as JSON. */
    JsonNode json(String... arguments) {
        String[] asJson = Arrays.copyOf(arguments, arguments.length + 2);
        asJson[arguments.length] = "-o";
        asJson[arguments.length + 1] = "json";
        return JSON.readTree(run(asJson).out());
    }

    /** What a command that stays has printed so far. */
    String printed(String output) {
        try {
            return Files.readString(folder.resolve(output));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** Waits for something that commands bring about. */
    static void await(BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(COMMAND_SECONDS_MAX)) {
                throw new AssertionError("in vain");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    private ProcessBuilder command(String... arguments) {
        var command = new ArrayList<>(List.of(Release.launcher().toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // Brokers that live for some seconds need no better code.
        builder.environment().put("TOMBOLO_JVM", "-XX:TieredStopAtLevel=1");
        return builder;
    }
}
