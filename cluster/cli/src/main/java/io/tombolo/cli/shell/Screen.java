package io.tombolo.cli.shell;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Shows a text that is made anew again and again, in its place on the terminal, until it was shown
 * as often as asked for or the process is told to end. Blocking.
 *
 * @param every pause between the end of one look and the beginning of the next
 * @param count how often, 0 without end
 */
public record Screen(Shell shell, Duration every, long count) {

    private static final String HOME = "\u001b[H";
    private static final String CLEAR = "\u001b[2J";
    private static final String CLEAR_LINE = "\u001b[K";
    private static final String CLEAR_BELOW = "\u001b[J";
    private static final Size USUAL = new Size(24, 120);
    private static final int ROWS_MIN = 5;
    private static final int COLUMNS_MIN = 20;

    /** How much fits. */
    record Size(int rows, int columns) {}

    /** Whether there is a terminal to show something on; otherwise it is printed once. */
    public static boolean fits(Shell shell) {
        return shell.interactive() && !shell.forProgram();
    }

    /** Shows it; returns when it was shown as often as asked for. */
    public void show(Supplier<String> text) {
        shell.out().print(CLEAR);
        for (long shown = 0; count == 0 || shown < count; shown++) {
            if (shown > 0) {
                LockSupport.parkNanos(every.toNanos());
            }
            shell.out().print(framed(text.get(), size()));
            shell.out().flush();
        }
    }

    /** What fits, each line over the one that was there before; what does not is counted. */
    static String framed(String text, Size size) {
        String[] lines = text.split("\n", -1);
        int last = lines.length;
        while (last > 0 && lines[last - 1].isEmpty()) {
            last--;
        }
        int room = size.rows() - 1;
        boolean whole = last <= room;
        var screen = new StringBuilder(HOME);
        for (int index = 0; index < (whole ? last : room - 1); index++) {
            screen.append(cut(lines[index], size.columns())).append(CLEAR_LINE).append('\n');
        }
        if (!whole) {
            screen.append("… %d more lines".formatted(last - room + 1))
                    .append(CLEAR_LINE)
                    .append('\n');
        }
        return screen.append(CLEAR_BELOW).toString();
    }

    private static String cut(String line, int columns) {
        return line.codePointCount(0, line.length()) <= columns
                ? line
                : line.substring(0, line.offsetByCodePoints(0, columns - 1)) + "…";
    }

    /** As the terminal says; it may have been changed since the last look. */
    private static Size size() {
        try {
            Process asked =
                    new ProcessBuilder("stty", "size")
                            .redirectInput(new File("/dev/tty"))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            try (InputStream answer = asked.getInputStream()) {
                String text = new String(answer.readAllBytes(), StandardCharsets.US_ASCII);
                return asked.waitFor(1, TimeUnit.SECONDS) ? size(text) : USUAL;
            }
        } catch (IOException unknown) {
            return USUAL;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return USUAL;
        }
    }

    /** Rows and columns; the usual where a terminal does not know its own. */
    static Size size(String told) {
        String[] parts = told.strip().split(" ");
        if (parts.length != 2 || !told.strip().matches("[0-9]{1,4} [0-9]{1,4}")) {
            return USUAL;
        }
        int rows = Integer.parseInt(parts[0]);
        int columns = Integer.parseInt(parts[1]);
        return rows < ROWS_MIN || columns < COLUMNS_MIN ? USUAL : new Size(rows, columns);
    }
}
