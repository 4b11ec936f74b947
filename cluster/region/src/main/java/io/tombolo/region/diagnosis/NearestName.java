package io.tombolo.region.diagnosis;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the known name that a user probably meant. */
public final class NearestName {

    private NearestName() {}

    /**
     * The known name with the fewest typing mistakes (letter missing, added, replaced, or two
     * swapped), when those are at most a third of its letters; the first of equally near ones.
     */
    public static Optional<String> to(String written, Collection<String> known) {
        String nearest = null;
        int fewest = Integer.MAX_VALUE;
        String wanted = written.toLowerCase(Locale.ROOT);
        for (String name : known) {
            if (Math.abs(name.length() - written.length()) >= fewest) {
                continue;
            }
            int mistakes = mistakes(wanted, name.toLowerCase(Locale.ROOT));
            if (mistakes < fewest && mistakes <= allowed(name)) {
                nearest = name;
                fewest = mistakes;
            }
        }
        return Optional.ofNullable(nearest);
    }

    private static int allowed(String name) {
        return Math.max(1, Math.min(name.length() / 3, 6));
    }

    /** Optimal string alignment distance. */
    private static int mistakes(String from, String to) {
        int[] beforeLast = new int[to.length() + 1];
        int[] last = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            last[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1;
                int fewest = Math.min(last[column] + 1, current[column - 1] + 1);
                fewest = Math.min(fewest, last[column - 1] + replaced);
                if (swapped(from, row, to, column)) {
                    fewest = Math.min(fewest, beforeLast[column - 2] + 1);
                }
                current[column] = fewest;
            }
            beforeLast = last;
            last = current;
        }
        return last[to.length()];
    }

    private static boolean swapped(String from, int row, String to, int column) {
        return row > 1
                && column > 1
                && from.charAt(row - 1) == to.charAt(column - 2)
                && from.charAt(row - 2) == to.charAt(column - 1);
    }
}
