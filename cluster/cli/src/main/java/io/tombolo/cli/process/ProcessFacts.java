package io.tombolo.cli.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the system tells about a process; from {@code /proc} where that exists. */
public final class ProcessFacts {

    private static final Path PROC = Path.of("/proc");
    private static final int KIBIBYTE = 1024;

    private ProcessFacts() {}

    /** The command line, word by word; nothing when the system does not tell. */
    public static Optional<List<String>> commandLine(ProcessHandle process) {
        try {
            // The JDK reads one page of it, and class paths are longer than that.
            String words = Files.readString(file(process, "cmdline"), StandardCharsets.ISO_8859_1);
            byte[] bytes = words.getBytes(StandardCharsets.ISO_8859_1);
            String text = new String(bytes, StandardCharsets.UTF_8);
            return Optional.of(Arrays.asList(text.split("\0")));
        } catch (IOException elsewhere) {
            return process.info().arguments().map(Arrays::asList);
        }
    }

    /** Whether it has ended and only waits for somebody to ask how. */
    public static boolean isDefunct(ProcessHandle process) {
        return state(process) == 'Z';
    }

    /** Whether a signal or a debugger holds it. */
    public static boolean isSuspended(ProcessHandle process) {
        char state = state(process);
        return state == 'T' || state == 't';
    }

    private static char state(ProcessHandle process) {
        try {
            String stat = Files.readString(file(process, "stat"), StandardCharsets.ISO_8859_1);
            // Behind the name, which may hold anything, and its bracket.
            return stat.charAt(stat.lastIndexOf(')') + 2);
        } catch (IOException | StringIndexOutOfBoundsException unknown) {
            return '?';
        }
    }

    /** Memory that is in use, −1 when it is not known. */
    public static long residentBytes(ProcessHandle process) {
        try {
            return Files.readAllLines(file(process, "status"), StandardCharsets.ISO_8859_1).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .map(line -> line.replaceAll("[^0-9]", ""))
                    .mapToLong(Long::parseLong)
                    .map(kibibytes -> kibibytes * KIBIBYTE)
                    .findFirst()
                    .orElse(-1);
        } catch (IOException | NumberFormatException unknown) {
            return -1;
        }
    }

    private static Path file(ProcessHandle process, String name) {
        return PROC.resolve(Long.toString(process.pid())).resolve(name);
    }
}
