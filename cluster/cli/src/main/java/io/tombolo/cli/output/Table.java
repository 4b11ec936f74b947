package io.tombolo.cli.output;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * A table for people: columns as wide as their widest cell, two spaces apart; a column of numbers
 * is aligned to the right. Mutable while it is filled.
 */
public final class Table {

    private static final String MISSING = "–";

    private static final Pattern NUMBER =
            Pattern.compile("[-+]?[0-9][0-9 .,/]*( (B|kB|MB|GB|ms|s|min|h|d))?");

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
        List<Column> columns = IntStream.range(0, heads.size()).mapToObj(this::column).toList();
        var text = new StringBuilder();
        append(text, heads, columns);
        rows.forEach(row -> append(text, row, columns));
        return text.toString();
    }

    private static void append(StringBuilder text, List<String> row, List<Column> columns) {
        var line = new StringBuilder();
        for (int index = 0; index < row.size(); index++) {
            Column column = columns.get(index);
            String cell = row.get(index);
            String padding = " ".repeat(column.width - cell.codePointCount(0, cell.length()));
            line.append(index == 0 ? "" : "  ");
            line.append(column.numeric ? padding + cell : cell + padding);
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    /** How all cells of a column are shown. */
    private record Column(int width, boolean numeric) {}

    private Column column(int index) {
        int width = heads.get(index).length();
        for (List<String> row : rows) {
            String cell = row.get(index);
            width = Math.max(width, cell.codePointCount(0, cell.length()));
        }
        return new Column(width, isNumeric(index));
    }

    private boolean isNumeric(int column) {
        List<String> cells =
                rows.stream()
                        .map(row -> row.get(column))
                        .filter(cell -> !cell.equals(MISSING))
                        .toList();
        return !cells.isEmpty() && cells.stream().allMatch(cell -> NUMBER.matcher(cell).matches());
    }
}
