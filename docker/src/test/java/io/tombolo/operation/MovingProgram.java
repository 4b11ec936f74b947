package io.tombolo.operation;

import io.tombolo.nodes.NodeProcess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** A process of clients that prints lines such as {@code idempotent acked 0 17 value}. */
final class MovingProgram implements AutoCloseable {

    private final NodeProcess process;
    private final Path output;

    /** A record that was acknowledged or read. */
    record Seen(int partition, long offset, String value) {}

    MovingProgram(List<String> command, Path output) {
        this.output = output;
        this.process = NodeProcess.start(command, output);
    }

    /** What a client in the process has printed of a kind, such as {@code acked}, in order. */
    List<Seen> seen(String role, String kind) {
        var seen = new ArrayList<Seen>();
        for (String line : lines(role + " " + kind + " ")) {
            String[] fields = line.split(" ");
            seen.add(new Seen(Integer.parseInt(fields[2]), Long.parseLong(fields[3]), fields[4]));
        }
        return seen;
    }

    /** Lines that begin so; the last one may not be whole yet, and is left out. */
    List<String> lines(String beginning) {
        try {
            String text = Files.readString(output);
            int end = text.lastIndexOf('\n') + 1;
            return text.substring(0, end)
                    .lines()
                    .filter(line -> line.startsWith(beginning))
                    .toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** How many records a client has read more than once. */
    int readAgain(String role) {
        var once = new HashSet<String>();
        int again = 0;
        for (Seen one : seen(role, "read")) {
            again += once.add(one.partition() + "@" + one.offset()) ? 0 : 1;
        }
        return again;
    }

    @Override
    public void close() {
        process.close();
    }
}
