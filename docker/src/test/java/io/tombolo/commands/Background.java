package io.tombolo.commands;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The brokers that {@code up} left in the background for a working directory; they never outlive
 * the test run.
 */
final class Background implements AutoCloseable {

    private static final long EXIT_SECONDS_MAX = 10;

    private final String mark;

    Background(Path folder) {
        mark = folder + File.separator;
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
    }

    /** Those that run, by what is on their command lines: a file of the folder. */
    List<ProcessHandle> running() {
        try (Stream<ProcessHandle> all = ProcessHandle.allProcesses()) {
            return all.filter(process -> commandLine(process).contains(mark)).toList();
        }
    }

    private static String commandLine(ProcessHandle process) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() {
        for (ProcessHandle process : running()) {
            process.destroyForcibly();
            process.onExit().orTimeout(EXIT_SECONDS_MAX, TimeUnit.SECONDS).join();
        }
    }
}
