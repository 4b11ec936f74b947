package io.tombolo.cli.doctor;

import io.tombolo.cli.output.Tree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What was found out about one thing.
 *
 * @param subject what it is about: a region, a broker, a topic, a group
 * @param seen one line, with numbers
 * @param why its cause, or what comes of it; empty when that is plain
 * @param fixes what to do, safest first
 */
record Finding(Verdict verdict, String subject, String seen, String why, List<String> fixes) {

    /** How it is. */
    enum Verdict {
        /** As it should be. */
        WELL("✓"),
        /** As somebody wants it, and worth knowing. */
        NOTED("·"),
        /** The link copies all the same. */
        DOUBTFUL("!"),
        /** Something is not copied, or will not be. */
        ILL("✗");

        private final String sign;

        Verdict(String sign) {
            this.sign = sign;
        }
    }

    /** How many of one kind are told one by one. */
    static final int TOLD_MAX = 20;

    Finding {
        fixes = List.copyOf(fixes);
    }

    static Finding well(String subject, String seen) {
        return new Finding(Verdict.WELL, subject, seen, "", List.of());
    }

    static Finding noted(String subject, String seen, String why) {
        return new Finding(Verdict.NOTED, subject, seen, why, List.of());
    }

    static Finding doubtful(String subject, String seen, String why, String... fixes) {
        return new Finding(Verdict.DOUBTFUL, subject, seen, why, Arrays.asList(fixes));
    }

    static Finding ill(String subject, String seen, String why, String... fixes) {
        return new Finding(Verdict.ILL, subject, seen, why, Arrays.asList(fixes));
    }

    /** The first of a kind, and how many more there are. */
    static List<Finding> bounded(List<Finding> all, String kind) {
        if (all.size() <= TOLD_MAX) {
            return all;
        }
        var told = new ArrayList<>(all.subList(0, TOLD_MAX));
        told.add(
                new Finding(
                        all.get(TOLD_MAX).verdict(),
                        kind,
                        "and %d more of the kind".formatted(all.size() - TOLD_MAX),
                        "",
                        List.of()));
        return told;
    }

    /** Names, not all of them when there are many. */
    static String names(List<String> names) {
        int shown = Math.min(10, names.size());
        String text = String.join(", ", names.subList(0, shown));
        return names.size() == shown
                ? text
                : "%s and %d more".formatted(text, names.size() - shown);
    }

    String text(int width) {
        var text = new StringBuilder();
        String padded = subject + " ".repeat(Math.max(0, width - subject.length()));
        text.append("  %s %s  %s\n".formatted(verdict.sign, padded, seen));
        String indent = " ".repeat(width + 6);
        if (!why.isEmpty()) {
            text.append(indent).append(why).append('\n');
        }
        fixes.forEach(fix -> text.append(indent).append("fix: ").append(fix).append('\n'));
        return text.toString();
    }

    Tree tree() {
        return Tree.fields()
                .with("verdict", verdict.name().toLowerCase(Locale.ROOT))
                .with("subject", subject)
                .with("seen", seen)
                .with("why", why)
                .with("fixes", Tree.list(fixes, Tree::of));
    }
}
