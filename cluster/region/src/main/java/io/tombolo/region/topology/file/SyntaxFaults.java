package io.tombolo.region.topology.file;

import io.tombolo.region.topology.file.YamlNode.Span;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Turns what the YAML scanner objects to into words about the usual causes. */
final class SyntaxFaults {

    private SyntaxFaults() {}

    /** Runs the parse; false when it failed, and then the document knows why. */
    static boolean guarded(Document document, String text, BooleanSupplier parse) {
        try {
            return parse.getAsBoolean();
        } catch (MarkedYamlEngineException fault) {
            explain(document, fault);
        } catch (ReaderException unprintable) {
            explain(document, text, unprintable);
        } catch (YamlEngineException fault) {
            document.problem(Rule.SYNTAX, Span.WHOLE_FILE, "", "not valid YAML")
                    .seen(String.valueOf(fault.getMessage()))
                    .fix("correct the file");
        }
        return false;
    }

    private static void explain(Document document, MarkedYamlEngineException fault) {
        Span span = span(fault.getProblemMark().or(fault::getContextMark));
        Span tab = indentingTab(document, span.line());
        if (tab != Span.WHOLE_FILE) {
            document.problem(Rule.TAB, tab, "", "a tab stands where YAML wants spaces")
                    .why("editors show tabs in different widths, so YAML does not let them indent")
                    .fix("replace the tab with spaces");
            return;
        }
        String context = String.valueOf(fault.getContext());
        if (context.contains("scanning an alias") || context.contains("scanning a tag")) {
            unquoted(document, context.contains("alias") ? "*" : "!", fault);
            return;
        }
        Problem problem =
                document.problem(
                        Rule.SYNTAX, span, "", "not valid YAML: " + plain(fault.getProblem()));
        if (fault.getContext() != null) {
            problem.seen(plain(context) + at(fault.getContextMark()));
        }
        problem.fix(fixFor(document.line(span.line())));
    }

    private static void unquoted(
            Document document, String character, MarkedYamlEngineException fault) {
        Span start = span(fault.getContextMark().or(fault::getProblemMark));
        String meaning = character.equals("*") ? "an alias" : "a tag";
        document.problem(
                        Rule.YAML_MAGIC,
                        start,
                        "",
                        "a plain value that starts with %s is %s to YAML, not a pattern"
                                .formatted(character, meaning))
                .why("patterns that start with ! or * must be quoted")
                .fix("topics: [\"*\", \"!*.tmp\"]");
    }

    private static void explain(Document document, String text, ReaderException unprintable) {
        int line = 1;
        int column = 1;
        int end = Math.min(unprintable.getPosition(), text.length());
        for (int index = 0; index < end; index++) {
            boolean lineEnd = text.charAt(index) == '\n';
            line += lineEnd ? 1 : 0;
            column = lineEnd ? 1 : column + 1;
        }
        document.problem(
                        Rule.SYNTAX,
                        new Span(line, column, line),
                        "",
                        "the character U+%04X cannot stand in YAML"
                                .formatted(unprintable.getCodePoint()))
                .why("the file may be binary or in another encoding than UTF-8")
                .fix("remove the character or save the file as UTF-8");
    }

    private static String fixFor(String line) {
        if (line.contains("${")) {
            return "write secrets as env:NAME or file:/path, without ${ }";
        }
        return "check quotes, brackets and indentation here and on the line before";
    }

    /** A tab in the indentation of the line or of the one before. */
    private static Span indentingTab(Document document, int line) {
        for (int number = line; number >= Math.max(1, line - 1); number--) {
            String text = document.line(number);
            int tab = text.indexOf('\t');
            if (tab >= 0 && text.substring(0, tab).isBlank()) {
                return new Span(number, tab + 1, number);
            }
        }
        return Span.WHOLE_FILE;
    }

    private static Span span(Optional<Mark> mark) {
        return mark.map(place ->
                        new Span(place.getLine() + 1, place.getColumn() + 1, place.getLine() + 1))
                .orElse(Span.WHOLE_FILE);
    }

    private static String at(Optional<Mark> mark) {
        return mark.map(place -> " that starts in line " + (place.getLine() + 1)).orElse("");
    }

    private static String plain(String words) {
        return words.replace('\n', ' ').strip();
    }
}
