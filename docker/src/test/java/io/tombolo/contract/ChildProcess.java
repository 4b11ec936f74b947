package io.tombolo.contract;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A process that never outlives the test run; its output goes to a file. */
final class ChildProcess implements AutoCloseable {

    private static final int SHOWN_CHARS_MAX = 4_000;
    private static final long EXIT_SECONDS_MAX = 120;

    private final Process process;
    private final Path output;
    private final Thread exitHook;

    private ChildProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        exitHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(exitHook);
    }

    static ChildProcess start(List<String> command, Path output) {
        try {
            var redirect = ProcessBuilder.Redirect.appendTo(output.toFile());
            var process =
                    new ProcessBuilder(command)
                            .directory(output.getParent().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(redirect)
                            .start();
            return new ChildProcess(process, output);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** A loopback port that nobody listens on at this moment. */
    static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException none) {
            throw new UncheckedIOException(none);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    int awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new IllegalStateException("still running: " + lastOutput());
            }
            return process.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    String lastOutput() {
        try {
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - SHOWN_CHARS_MAX));
        } catch (IOException unreadable) {
            return "no output: " + unreadable;
        }
    }

    /** Kills without warning, as SIGKILL does, and waits until the process is gone. */
    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit();
        Runtime.getRuntime().removeShutdownHook(exitHook);
    }
}
