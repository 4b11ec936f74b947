package io.tombolo.cli.process;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the end of a file that a broker appends to, and that begins anew when it is full. */
public record LogFile(Path path) {

    private static final int READ_BYTES_MAX = 256 * 1024;
    private static final int LINES_SHOWN = 5;
    private static final String MARK = "--- ";
    private static final String SEEN = "= seen: ";
    private static final String FIX = "  = fix : ";
    private static final String FIX_GOES_ON = " ".repeat(FIX.length());

    /**
     * Text and the place behind it.
     *
     * @param nextPosition where to read on
     */
    public record Part(String text, long nextPosition) {}

    /** The last lines; empty when there is no such file. */
    public List<String> lastLines(int count) {
        List<String> lines = new ArrayList<>(from(0).text().lines().toList());
        return lines.subList(Math.max(0, lines.size() - count), lines.size());
    }

    /**
     * What was written since a position, or the last 256 KiB of it. A file that is shorter than
     * that has begun anew, and is read from its beginning.
     */
    public Part from(long position) {
        try (var file = new RandomAccessFile(path.toFile(), "r")) {
            long length = file.length();
            long start = Math.max(position > length ? 0 : position, length - READ_BYTES_MAX);
            byte[] bytes = new byte[(int) (length - start)];
            file.seek(start);
            file.readFully(bytes);
            return new Part(new String(bytes, StandardCharsets.UTF_8), length);
        } catch (IOException none) {
            return new Part("", position);
        }
    }

    /** Marks where the words of a new process begin. */
    public void begin(String broker) throws IOException {
        String line =
                "%s%s tombolo starts %s%n"
                        .formatted(MARK, Instant.now().truncatedTo(ChronoUnit.MILLIS), broker);
        Files.writeString(path, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Why the last process ended or waits, in its own words: its last error, else its last lines.
     */
    public String lastWords() {
        return lastError()
                .orElseGet(() -> {
                    List<String> lines = ofLastProcess();
                    List<String> last =
                            lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
                    return last.isEmpty() ? "it printed nothing" : String.join(" / ", last);
                });
    }

    /** The last error that the last process printed, on one line. */
    public Optional<String> lastError() {
        List<String> error = lastErrorLines();
        if (error.isEmpty()) {
            return Optional.empty();
        }
        String text = error.getFirst().replaceFirst("^error(\\[TMB-\\d+])?: ", "");
        return Optional.of(
                error.stream()
                        .map(String::strip)
                        .filter(line -> line.startsWith(SEEN))
                        .map(line -> text + ": " + line.substring(SEEN.length()))
                        .findFirst()
                        .orElse(text));
    }

    /** What to do about that error, as it says itself; the safest first. */
    public List<String> lastFixes() {
        var fixes = new ArrayList<String>();
        for (String line : lastErrorLines()) {
            if (line.startsWith(FIX)) {
                fixes.add(line.substring(FIX.length()));
            } else if (!fixes.isEmpty() && line.startsWith(FIX_GOES_ON)) {
                fixes.add(line.substring(FIX_GOES_ON.length()));
            } else if (!fixes.isEmpty()) {
                break;
            }
        }
        return fixes;
    }

    private List<String> lastErrorLines() {
        List<String> lines = ofLastProcess();
        for (int index = lines.size() - 1; index >= 0; index--) {
            if (lines.get(index).startsWith("error[") || lines.get(index).startsWith("error:")) {
                return lines.subList(index, lines.size());
            }
        }
        return List.of();
    }

    private List<String> ofLastProcess() {
        List<String> lines = from(0).text().lines().toList();
        int mark = lines.size();
        while (mark > 0 && !lines.get(mark - 1).startsWith(MARK)) {
            mark--;
        }
        return lines.subList(mark, lines.size());
    }
}
