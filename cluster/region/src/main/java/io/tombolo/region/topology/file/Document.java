package io.tombolo.region.topology.file;

import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.Where;
import io.tombolo.region.topology.file.YamlNode.Scalar;
import io.tombolo.region.topology.file.YamlNode.Span;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The file that is being read: its lines, where each value stands, and everything found wrong so
 * far. Mutable; owned by the one call of {@link TopologyFile#parse} that made it.
 */
final class Document {

    private static final int PROBLEMS_MAX = 100;

    /** Lines that look like this are never quoted, whatever is wrong with them. */
    private static final Pattern SECRET_WORDS =
            Pattern.compile(
                    "password|passphrase|secret|jaas|token|credential|scram-|keystore\\.key",
                    Pattern.CASE_INSENSITIVE);

    private final String name;
    private final List<String> lines;
    private final List<Problem> problems = new ArrayList<>();
    private final List<Problem> warnings = new ArrayList<>();
    private final List<Span> secrets = new ArrayList<>();
    private final Map<String, Span> values = new HashMap<>();

    Document(String name, String text) {
        this.name = name;
        this.lines = text.lines().toList();
    }

    /** Records something that makes the file invalid; the caller completes it. */
    Problem problem(Rule rule, Span span, String path, String claim) {
        var problem = new Problem(rule, span, path, claim);
        if (problems.size() < PROBLEMS_MAX && !misread(span)) {
            problems.add(problem);
        }
        return problem;
    }

    /** Whether YAML itself misread the value there, so that all else about it is noise. */
    private boolean misread(Span span) {
        return problems.stream()
                .anyMatch(problem ->
                        problem.rule() == Rule.YAML_MAGIC && problem.span().equals(span));
    }

    /** Records something the user should know; the file stays valid. */
    Problem warning(Rule rule, Span span, String path, String claim) {
        var warning = new Problem(rule, span, path, claim);
        if (warnings.size() < PROBLEMS_MAX) {
            warnings.add(warning);
        }
        return warning;
    }

    /** Notes that the value holds a secret: no line of it is ever quoted. */
    void hide(Span span) {
        secrets.add(span);
    }

    /** Remembers where the value of this path stands. */
    void place(String path, Span span) {
        values.putIfAbsent(path, span);
    }

    /** Where the value of this path stands; the nearest enclosing value when it is a default. */
    Span spanOf(String path) {
        String known = path;
        while (!values.containsKey(known) && known.lastIndexOf('.') > 0) {
            known = known.substring(0, known.lastIndexOf('.'));
        }
        return values.getOrDefault(known, Span.WHOLE_FILE);
    }

    /** Where a character of a value stands; the place of the whole value if it is blank. */
    Span spanOf(Scalar scalar, int index) {
        long before =
                scalar.text()
                        .substring(0, index)
                        .codePoints()
                        .filter(one -> !Search.isBlank(one))
                        .count();
        return new Search(scalar).find(before);
    }

    Where where(Span span, String path) {
        Where where = Where.at(name, span.line(), span.column(), path);
        boolean quotable =
                span.line() >= 1
                        && span.line() <= lines.size()
                        && secrets.stream().noneMatch(secret -> secret.touches(span.line()));
        if (!quotable) {
            return where;
        }
        String line = lines.get(span.line() - 1).replace('\t', '→');
        return SECRET_WORDS.matcher(line).find() ? where : where.showing(line);
    }

    Map<String, Where> places() {
        var places = new HashMap<String, Where>();
        values.forEach((path, span) -> places.put(path, where(span, path)));
        return places;
    }

    boolean valid() {
        return problems.isEmpty();
    }

    /** The line with this number, from 1; empty beyond the end. */
    String line(int number) {
        return number >= 1 && number <= lines.size() ? lines.get(number - 1) : "";
    }

    List<Violation> violations() {
        return finished(problems);
    }

    List<Violation> warnings() {
        return finished(warnings);
    }

    private List<Violation> finished(List<Problem> drafts) {
        return drafts.stream()
                .sorted(
                        Comparator.comparingInt((Problem draft) -> draft.span().line())
                                .thenComparingInt(draft -> draft.span().column()))
                .map(draft -> draft.in(this))
                .toList();
    }

    /**
     * Looks for a character of a value, whatever way the value is written: with escapes, in quotes,
     * in several lines. Spaces and ends of lines are folded in many ways, and everything else
     * stands in the file in the order it has in the value: so what is not blank is counted.
     * Mutable, for one search.
     */
    private final class Search {

        private static final int END = -1;
        private static final int BLANK = ' ';

        private final Scalar scalar;
        private int line;
        private int[] text;
        private int at;

        private Search(Scalar scalar) {
            this.scalar = scalar;
            this.line = scalar.span().line();
            this.text = line(line).codePoints().toArray();
            this.at = scalar.span().column() - 1;
        }

        private Span find(long before) {
            int style = scalar.plain() ? ' ' : peek();
            switch (style) {
                case '\'', '"' -> at++;
                case '|', '>' -> nextLine();
                default -> {}
            }
            long left = before;
            while (line <= scalar.span().lastLine()) {
                if (at >= text.length) {
                    nextLine();
                    continue;
                }
                var here = new Span(line, at + 1, line);
                if (!isBlank(next(style)) && left-- == 0) {
                    return here;
                }
            }
            return scalar.span();
        }

        private void nextLine() {
            text = line(++line).codePoints().toArray();
            at = 0;
        }

        private int peek() {
            return at < text.length ? text[at] : END;
        }

        private int next(int style) {
            int one = text[at++];
            if (style == '"' && one == '\\') {
                return escaped();
            }
            if (style == '\'' && one == '\'') {
                at++; // two of them stand for one
            }
            return one;
        }

        /** What stands behind a backslash; a line that goes on in the next one is nothing. */
        private int escaped() {
            int kind = peek();
            at++;
            return switch (kind) {
                case END, 't', '\t', 'n', 'r', ' ' -> BLANK;
                case 'x' -> hexadecimal(2);
                case 'u' -> hexadecimal(4);
                case 'U' -> hexadecimal(8);
                default -> kind;
            };
        }

        /** A reader of YAML has found the digits in order before. */
        private int hexadecimal(int digits) {
            int value = 0;
            for (int count = 0; count < digits && at < text.length; count++) {
                value = value * 16 + Character.digit(text[at++], 16);
            }
            return value;
        }

        private static boolean isBlank(int one) {
            return one == ' ' || one == '\t' || one == '\r' || one == '\n';
        }
    }
}
