package io.tombolo.cli.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.OptionalLong;

/**
 * A file with the number of a process, and nothing else. It is a hint where to look, never a proof:
 * numbers are given again to other processes.
 */
public final class PidFile {

    private PidFile() {}

    /** Writes the file; it is seen whole or not at all. */
    public static void write(Path file, long pid) throws IOException {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        Files.writeString(draft, pid + "\n");
        Files.move(
                draft, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The number in the file; nothing when there is no file, or no number in it. */
    public static OptionalLong read(Path file) throws IOException {
        try {
            return OptionalLong.of(
                    Long.parseLong(Files.readString(file, StandardCharsets.UTF_8).strip()));
        } catch (NoSuchFileException | NumberFormatException | MalformedInputException none) {
            return OptionalLong.empty();
        }
    }

    /** Deletes the file of a process that is gone. */
    public static void remove(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException stays) {
            throw new UncheckedIOException(stays);
        }
    }

    /** Deletes the file when it names this process: what a broker does that stopped well. */
    public static void removeOwn(Path file) {
        try {
            OptionalLong pid = read(file);
            if (pid.isPresent() && pid.getAsLong() == ProcessHandle.current().pid()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException stays) {
            // Whoever finds it will see that the process is gone.
        }
    }
}
