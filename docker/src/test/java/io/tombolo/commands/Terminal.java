package io.tombolo.commands;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One shell in which commands are typed one after the other, so that those in the background are
 * its jobs. What each prints goes to a file of its own.
 */
final class Terminal implements AutoCloseable {

    private static final long COMMAND_NANOS_MAX = TimeUnit.SECONDS.toNanos(90);

    private final Path notes;
    private final Process shell;
    private final Writer keys;
    private int typed;

    /**
     * @param folder the working directory
     * @param notes where outputs are kept
     * @param javaHome the JDK that the launcher finds
     */
    Terminal(Path folder, Path notes, Path javaHome) {
        this.notes = notes;
        try {
            var builder =
                    new ProcessBuilder("bash", "--norc", "-s")
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(notes.resolve("shell").toFile());
            builder.environment().put("JAVA_HOME", javaHome.toString());
            builder.environment()
                    .merge(
                            "PATH",
                            javaHome.resolve("bin").toString(),
                            (old, bin) -> bin + ":" + old);
            shell = builder.start();
        } catch (IOException unstartable) {
            throw new UncheckedIOException(unstartable);
        }
        keys = shell.outputWriter();
        Runtime.getRuntime().addShutdownHook(new Thread(this::kill));
    }

    /**
     * What a command has printed, output and errors together, and its exit code. A command in the
     * background is not waited for.
     */
    record Printed(Path file, int exitCode) {

        String text() {
            try {
                return Files.readString(file);
            } catch (IOException unreadable) {
                throw new UncheckedIOException(unreadable);
            }
        }
    }

    /** Types a command and waits until the shell takes the next one. */
    Printed type(String command) {
        typed++;
        Path output = notes.resolve("output-" + typed);
        Path exit = notes.resolve("exit-" + typed);
        try {
            keys.write("{ %s\n} < /dev/null > %s 2>&1\n".formatted(command, output));
            keys.write("echo $? > %s.part; mv %s.part %s\n".formatted(exit, exit, exit));
            keys.flush();
            await(() -> Files.exists(exit), command);
            return new Printed(output, Integer.parseInt(Files.readString(exit).strip()));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** Waits for something that this shell brings about. */
    void await(BooleanSupplier condition, String what) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > COMMAND_NANOS_MAX || !shell.isAlive()) {
                throw new AssertionError("in vain: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
    }

    /** Ends the shell and asks what it left running to stop; gives the processes that did not. */
    List<ProcessHandle> stop() {
        List<ProcessHandle> jobs;
        try (Stream<ProcessHandle> children = shell.descendants()) {
            jobs = children.toList();
        }
        jobs.forEach(ProcessHandle::destroy);
        long start = System.nanoTime();
        while (jobs.stream().anyMatch(ProcessHandle::isAlive)
                && System.nanoTime() - start < COMMAND_NANOS_MAX) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        }
        return jobs.stream().filter(ProcessHandle::isAlive).toList();
    }

    @Override
    public void close() {
        kill();
    }

    private void kill() {
        try (Stream<ProcessHandle> children = shell.descendants()) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
        shell.destroyForcibly();
    }
}
