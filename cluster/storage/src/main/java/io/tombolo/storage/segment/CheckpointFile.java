package io.tombolo.storage.segment;

import io.tombolo.environment.Disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Kafka's small text files: a line with the version 0, one with the number of lines, the lines. */
public final class CheckpointFile {

    private static final String VERSION = "0";

    private CheckpointFile() {}

    /** Replaces the file; durable on return, and whole after a crash. */
    public static void write(Disk disk, Path path, List<String> lines) throws IOException {
        disk.writeAtomically(path, encode(lines));
    }

    static byte[] encode(List<String> lines) {
        var text = new StringBuilder(VERSION).append('\n').append(lines.size()).append('\n');
        lines.forEach(line -> text.append(line).append('\n'));
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /**
     * The lines, each split at blanks into exactly this many words; empty when the file is missing
     * or anything about it is wrong.
     */
    public static Optional<List<String[]>> read(Disk disk, Path path, int wordCount)
            throws IOException {
        if (!disk.exists(path)) {
            return Optional.empty();
        }
        String text = new String(disk.readAll(path), StandardCharsets.UTF_8);
        String[] lines = text.split("\n", -1);
        if (lines.length < 3 || !lines[0].strip().equals(VERSION)) {
            return Optional.empty();
        }
        var found = new ArrayList<String[]>();
        for (int index = 2; index < lines.length - 1; index++) {
            String[] words = lines[index].strip().split("\\s+");
            if (words.length != wordCount) {
                return Optional.empty();
            }
            found.add(words);
        }
        boolean whole = lines[lines.length - 1].isEmpty();
        return whole && lines[1].strip().equals(Integer.toString(found.size()))
                ? Optional.of(found)
                : Optional.empty();
    }
}
