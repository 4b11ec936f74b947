package io.tombolo.nodes;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process that never outlives the test run; its output goes to a file. */
public final class NodeProcess implements AutoCloseable {

    private static final int SHOWN_CHARS_MAX = 3_000;
    private static final long EXIT_SECONDS_MAX = 60;

    private final Process process;
    private final Path output;
    private final Thread exitHook;

    private NodeProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
        exitHook = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(exitHook);
    }

    public static NodeProcess start(List<String> command, Path output) {
        try {
            var redirect = ProcessBuilder.Redirect.appendTo(output.toFile());
            var process =
                    new ProcessBuilder(command)
                            .directory(output.getParent().toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(redirect)
                            .start();
            return new NodeProcess(process, output);
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
    }

    /** Runs a short command to its end; its output goes nowhere. */
    static int run(List<String> command) {
        try {
            var process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running: " + command);
            }
            return process.exitValue();
        } catch (IOException unstartable) {
            return -1;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    public boolean alive() {
        return process.isAlive();
    }

    /** SIGSTOP: not one instruction more until {@link #resume}. */
    public void pause() {
        signal("STOP");
    }

    /** SIGCONT. */
    public void resume() {
        signal("CONT");
    }

    /** Sends a signal by its name; after STOP nothing of the process runs any more. */
    public void signal(String name) {
        run(List.of("kill", "-" + name, Long.toString(pid())));
        if (name.equals("STOP")) {
            awaitStopped();
        }
    }

    /** One thread takes the signal and tells the others; until then those go on. */
    private void awaitStopped() {
        Path threads = Path.of("/proc", Long.toString(pid()), "task");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(EXIT_SECONDS_MAX);
        while (Files.isDirectory(threads) && !allStopped(threads)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("still running: " + process.info());
            }
            Thread.onSpinWait();
        }
    }

    private static boolean allStopped(Path threads) {
        try (Stream<Path> all = Files.list(threads)) {
            return all.allMatch(thread -> stopped(thread.resolve("stat")));
        } catch (IOException | UncheckedIOException gone) {
            return true;
        }
    }

    private static boolean stopped(Path stat) {
        try {
            String text = Files.readString(stat);
            return text.charAt(text.lastIndexOf(')') + 2) == 'T';
        } catch (IOException gone) {
            return true;
        }
    }

    public long pid() {
        return process.pid();
    }

    /** SIGKILL; returns when the process is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    /** SIGTERM; returns the exit code. */
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    public int awaitExit() {
        try {
            if (!process.waitFor(EXIT_SECONDS_MAX, TimeUnit.SECONDS)) {
                throw new AssertionError("still running: " + lastOutput());
            }
            return process.exitValue();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }

    /** The end of what it has printed. */
    public String lastOutput() {
        try {
            String text = new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
            return text.substring(Math.max(0, text.length() - SHOWN_CHARS_MAX));
        } catch (IOException unreadable) {
            return "no output: " + unreadable;
        }
    }

    @Override
    public void close() {
        kill();
        Runtime.getRuntime().removeShutdownHook(exitHook);
    }
}
