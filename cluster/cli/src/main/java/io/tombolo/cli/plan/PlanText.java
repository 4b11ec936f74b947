package io.tombolo.cli.plan;

import io.tombolo.cli.output.Amounts;
import io.tombolo.region.plan.Change;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Plan;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;

import java.util.stream.Collectors;

/** Plans in words. */
final class PlanText {

    private static final String ROW = "  %s %-28s %s\n";

    private PlanText() {}

    /** What differs, and what is not changed. */
    static String of(Planning planning) {
        var text = new StringBuilder("Comparing with live state   ");
        text.append(
                        planning.live().regions().stream()
                                .map(LiveWorld.Sight::text)
                                .collect(Collectors.joining("   ")))
                .append("\n\n");
        Plan plan = planning.plan();
        plan.changes().forEach(change -> text.append(row(change)));
        plan.findings().forEach(finding -> text.append(row(planning, finding)));
        if (plan.changes().isEmpty() && plan.findings().isEmpty()) {
            text.append("  The regions are as the file says.\n");
        }
        text.append('\n');
        for (Plan.Guarantee one : plan.guarantees()) {
            text.append(
                    "  Ownership of %s: %s. %s\n"
                            .formatted(one.link(), one.kind(), capital(one.text())));
        }
        int unmanaged = plan.unmanaged().values().stream().mapToInt(Integer::intValue).sum();
        text.append(
                "  Not managed by this file: %s (unchanged).\n"
                        .formatted(Amounts.of(unmanaged, "topic")));
        return text.toString();
    }

    /** The numbers of a plan, as the last line shows them. */
    static String sum(Plan plan) {
        long added = plan.changes().stream().filter(one -> sign(one).equals("+")).count();
        long deleted = plan.changes().stream().filter(one -> sign(one).equals("-")).count();
        return "%d to add, %d to change, %d to delete, %d blocked"
                .formatted(
                        added,
                        plan.changes().size() - added - deleted,
                        deleted,
                        plan.count(Kind.BLOCKED));
    }

    static String row(Change change) {
        return ROW.formatted(sign(change), name(change), detail(change));
    }

    static String name(Change change) {
        return change.object() + " @" + change.region();
    }

    private static String sign(Change change) {
        return switch (change) {
            case Change.CreateTopic _ -> "+";
            case Change.SetConfig _, Change.GrowTopic _ -> "~";
            case Change.DeleteTopic _ -> "-";
            case SetLink set -> set.before().isEmpty() ? "+" : set.after().isEmpty() ? "-" : "~";
        };
    }

    static String detail(Change change) {
        return switch (change) {
            case Change.CreateTopic made ->
                    "%s × %d%s"
                            .formatted(
                                    Amounts.of(made.partitions(), "partition"),
                                    made.replicas(),
                                    made.configs().isEmpty() ? "" : ", " + made.configs());
            case Change.SetConfig set ->
                    "%s  %s → %s"
                            .formatted(
                                    set.key(),
                                    set.before().orElse("(default)"),
                                    set.after().orElse("(default)"));
            case Change.GrowTopic grown ->
                    "partitions  %d → %d".formatted(grown.before(), grown.after());
            case Change.DeleteTopic deleted ->
                    "deleted with all records of its %s"
                            .formatted(Amounts.of(deleted.before().partitions(), "partition"));
            case SetLink set -> detail(set);
        };
    }

    private static String detail(SetLink set) {
        if (set.after().isEmpty()) {
            return "removed; its mirror topics stay, read-only";
        }
        if (set.before().isEmpty()) {
            return "%s, topics %s"
                    .formatted(set.ends(), SetLink.setting(set.after(), "topics").orElse(""));
        }
        return "in place, no gap"
                + set.fields().stream()
                        .map(key ->
                                "\n      %-24s %s → %s"
                                        .formatted(
                                                key,
                                                SetLink.setting(set.before(), key).orElse("(none)"),
                                                SetLink.setting(set.after(), key).orElse("(none)")))
                        .collect(Collectors.joining());
    }

    private static String row(Planning planning, Finding finding) {
        String place =
                planning.file()
                        .valid()
                        .where(finding.path())
                        .map(where -> "   (" + where.file() + ":" + where.line() + ")")
                        .orElse("");
        String word =
                switch (finding.kind()) {
                    case BLOCKED -> "blocked. ";
                    case KEPT -> "kept. ";
                    case WARNING -> "";
                };
        return ROW.formatted(
                        finding.kind() == Kind.BLOCKED ? "✗" : "!",
                        finding.object(),
                        finding.seen() + place)
                + ROW.formatted(" ", "", word + finding.fix());
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1) + ".";
    }
}
