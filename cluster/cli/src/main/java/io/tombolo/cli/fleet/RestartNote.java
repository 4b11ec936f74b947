package io.tombolo.cli.fleet;

import io.tombolo.cli.process.PidFile;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;

/**
 * When the restart of a region began that has not come to its end. A broker whose process is
 * younger has been restarted already, so a restart that was interrupted goes on where it stopped.
 */
record RestartNote(Path file) {

    static RestartNote of(Member member) {
        return new RestartNote(member.runFolder().resolve(member.region().id() + ".restart"));
    }

    /** Empty when every restart came to its end. */
    Optional<Instant> begun() {
        try {
            return Optional.of(
                    Instant.parse(Files.readString(file, StandardCharsets.UTF_8).strip()));
        } catch (NoSuchFileException | MalformedInputException | DateTimeException none) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    void begin(Instant now) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.writeString(file, now + "\n");
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    void end() {
        PidFile.remove(file);
    }
}
