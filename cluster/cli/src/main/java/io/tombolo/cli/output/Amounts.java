package io.tombolo.cli.output;

import java.util.Locale;

/** Amounts for people. */
public final class Amounts {

    private static final String[] SIZES = {"B", "kB", "MB", "GB", "TB"};

    private Amounts() {}

    /** Thousands set apart: {@code 1 204}. */
    public static String count(long count) {
        return String.format(Locale.ROOT, "%,d", count).replace(',', ' ');
    }

    /** As {@link #count}; a dash when it is not known. */
    public static String known(long count) {
        return count < 0 ? "–" : count(count);
    }

    /** {@code 1 record}, {@code 2 records}. */
    public static String of(long count, String thing) {
        return count(count) + " " + thing + (count == 1 ? "" : "s");
    }

    /** {@code 41.2 GB}; a dash when it is not known. */
    public static String bytes(long bytes) {
        if (bytes < 0) {
            return "–";
        }
        double amount = bytes;
        int unit = 0;
        while (amount >= 999.95 && unit < SIZES.length - 1) {
            amount /= 1000;
            unit++;
        }
        return unit == 0
                ? bytes + " B"
                : String.format(Locale.ROOT, "%.1f %s", amount, SIZES[unit]);
    }

    /** {@code 43 ms}, {@code 1.3 s}, {@code 4 min 12 s}; a dash when it is not known. */
    public static String ms(long ms) {
        if (ms < 0) {
            return "–";
        }
        if (ms < 1000) {
            return ms + " ms";
        }
        if (ms < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", ms / 1000.0);
        }
        return "%d min %d s".formatted(ms / 60_000, ms % 60_000 / 1000);
    }
}
