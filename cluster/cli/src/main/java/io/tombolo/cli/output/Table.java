package io.tombolo.cli.output;

import java.util.ArrayList;
import java.util.List;

/**
 * A table for people: columns as wide as their widest cell, two spaces apart; a column of numbers
 * is aligned to the right. Mutable while it is filled.
 */
public final class Table {

    private static final String MISSING = "–";

    private final List<String> heads;
    private final List<List<String>> rows = new ArrayList<>();

    private Table(List<String> heads) {
        this.heads = heads;
    }

    /** A table with these headings. */
    public static Table of(String... heads) {
        return new Table(List.of(heads));
    }

    /** Adds a row; an empty cell is shown as a dash. */
    public Table row(Object... cells) {
        if (cells.length != heads.size()) {
            throw new IllegalArgumentException(
                    cells.length + " cells in a table of " + heads.size() + " columns");
        }
        var row = new ArrayList<String>();
        for (Object cell : cells) {
            String text = cell.toString();
            row.add(text.isEmpty() ? MISSING : text);
        }
        rows.add(row);
        return this;
    }

    public boolean isEmpty() {
        return rows.isEmpty();
    }

    /** The text, each line ending with a line feed; a sentence instead of an empty table. */
    public String textOr(String sentence) {
        return rows.isEmpty() ? sentence + "\n" : text();
    }

    /** The text, each line ending with a line feed. */
    public String text() {
        var text = new StringBuilder();
        append(text, heads);
        rows.forEach(row -> append(text, row));
        return text.toString();
    }

    private void append(StringBuilder text, List<String> row) {
        var line = new StringBuilder();
        for (int column = 0; column < row.size(); column++) {
            String cell = row.get(column);
            String padding = " ".repeat(width(column) - cell.codePointCount(0, cell.length()));
            line.append(column == 0 ? "" : "  ");
            line.append(isNumeric(column) ? padding + cell : cell + padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private int width(int column) {
        int width = heads.get(column).length();
        for (List<String> row : rows) {
            String cell = row.get(column);
            width = Math.max(width, cell.codePointCount(0, cell.length()));
        }
        return width;
    }

    private boolean isNumeric(int column) {
        List<String> cells =
                rows.stream()
                        .map(row -> row.get(column))
                        .filter(cell -> !cell.equals(MISSING))
                        .toList();
        return !cells.isEmpty() && cells.stream().allMatch(Table::startsAsNumber);
    }

    private static boolean startsAsNumber(String cell) {
        return cell.matches("[-+]?[0-9][0-9 .,/]*( (B|kB|MB|GB|ms|s|min|h|d))?");
    }
}
