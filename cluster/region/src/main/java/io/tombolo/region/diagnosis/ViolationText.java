package io.tombolo.region.diagnosis;

import java.util.List;
import java.util.Locale;

/**
 * The text form of diagnostics, without colours:
 *
 * <pre>
 * error[TMB-1103]: no key 'partition' in topics.orders
 *   ┌ topics.orders.partition, tombolo.yaml:5:24
 *   │ topics: { orders: { in: eu, partition: 3 } }
 *   │                             ^
 *   = seen: …
 *   = why : …
 *   = fix : partitions: 3
 * </pre>
 */
public final class ViolationText {

    private static final int EXCERPT_WIDTH = 110;

    private ViolationText() {}

    /** How bad it is; printed in lower case before the code. */
    public enum Severity {
        ERROR,
        WARNING
    }

    /** Renders one diagnostic; every line ends with a line feed. */
    public static String render(Severity severity, Violation violation) {
        var text = new StringBuilder();
        text.append(severity.name().toLowerCase(Locale.ROOT));
        text.append('[').append(violation.code()).append("]: ");
        text.append(violation.claim()).append('\n');
        appendPlace(text, violation.where());
        appendNote(text, "seen: ", violation.seen());
        appendNote(text, "why : ", violation.why());
        appendFixes(text, violation.fixes());
        return text.toString();
    }

    /** Renders all of them as errors, with an empty line between two. */
    public static String render(List<Violation> violations) {
        var text = new StringBuilder();
        for (Violation violation : violations) {
            text.append(text.isEmpty() ? "" : "\n").append(render(Severity.ERROR, violation));
        }
        return text.toString();
    }

    private static void appendPlace(StringBuilder text, Where where) {
        text.append("  ┌ ");
        if (!where.path().isEmpty()) {
            text.append(where.path()).append(", ");
        }
        text.append(where.position()).append('\n');
        where.excerpt().ifPresent(line -> appendExcerpt(text, line, where.column()));
    }

    /** Cuts a long line so that the marked column stays visible. */
    private static void appendExcerpt(StringBuilder text, String line, int column) {
        int mark = Math.max(0, Math.min(column - 1, line.length()));
        int start = mark < EXCERPT_WIDTH ? 0 : mark - EXCERPT_WIDTH / 2;
        int end = Math.min(line.length(), start + EXCERPT_WIDTH);
        String before = start > 0 ? "…" : "";
        String after = end < line.length() ? "…" : "";
        text.append("  │ ").append(before).append(line, start, end).append(after).append('\n');
        if (column > 0) {
            int indent = before.length() + mark - start;
            text.append("  │ ").append(" ".repeat(indent)).append("^\n");
        }
    }

    private static void appendNote(StringBuilder text, String label, String note) {
        if (!note.isEmpty()) {
            text.append("  = ").append(label).append(note).append('\n');
        }
    }

    private static void appendFixes(StringBuilder text, List<String> fixes) {
        String label = "  = fix : ";
        for (String fix : fixes) {
            text.append(label).append(fix).append('\n');
            label = "          ";
        }
    }
}
