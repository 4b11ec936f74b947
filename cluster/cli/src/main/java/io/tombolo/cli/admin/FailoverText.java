package io.tombolo.cli.admin;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.region.topology.LinkEntry;

import java.util.List;

/** A failover in words. */
public final class FailoverText {

    private FailoverText() {}

    /** What is at risk, before anything happens. */
    static String preview(Tree preview) {
        String from = preview.at("from").text();
        var text = new StringBuilder();
        text.append(
                "Failover  %s → %s   policy %s, link %s\n"
                        .formatted(
                                from,
                                preview.at("to").text(),
                                preview.at("policy").text(),
                                preview.at("link").text()));
        if (preview.at("sourceReachable").flag()) {
            text.append(from).append(": answers\n");
        } else {
            long silentMs = preview.at("sourceSilentMs").number(-1);
            String since = silentMs < 0 ? "" : " for " + Amounts.ms(silentMs);
            text.append("%s: no answer%s\n".formatted(from, since));
        }
        text.append("Not replicated: ").append(bound(preview)).append('\n');
        return text.toString();
    }

    /**
     * What may be lost: what the region knows to be missing, and what it cannot know of because the
     * source has been silent.
     */
    public static String bound(Tree preview) {
        Tree bound = preview.at("lossBound");
        String known =
                "%s (%s)"
                        .formatted(
                                Amounts.of(bound.at("records").number(0), "record"),
                                Amounts.bytes(bound.at("bytes").number(0)));
        return preview.at("sourceReachable").flag()
                ? "at most " + known + ", " + Amounts.ms(bound.at("ms").number(-1))
                : known
                        + " known of, and what "
                        + preview.at("from").text()
                        + " acknowledged after it was last heard, "
                        + Amounts.ms(bound.at("ms").number(-1))
                        + " ago";
    }

    /** What was done. */
    static String outcome(Tree outcome, LinkEntry link) {
        var text = new StringBuilder();
        List<Tree> steps = outcome.at("steps").items();
        for (int index = 0; index < steps.size(); index++) {
            Tree step = steps.get(index);
            text.append(
                    "  %d/%d  %-28s %s  %s%s\n"
                            .formatted(
                                    index + 1,
                                    steps.size(),
                                    step.at("step").text(),
                                    step.at("ok").flag() ? "✓" : "✗",
                                    Amounts.ms(step.at("ms").number(-1)),
                                    detail(step)));
        }
        long clamped = outcome.at("clamped").items().size();
        if (clamped > 0) {
            text.append(
                    "  %s moved back to the end of the copy\n"
                            .formatted(Amounts.of(clamped, "group position")));
        }
        text.append(
                "Done in %s. Region %s owns the topics of %s under epoch %s.\n"
                        .formatted(
                                Amounts.ms(outcome.at("totalMs").number(-1)),
                                link.to(),
                                link.name(),
                                outcome.at("ownershipEpoch").text()));
        text.append(
                "When %s comes back and hears of that epoch, it refuses writes to them.\n"
                        .formatted(link.from()));
        return text.toString();
    }

    private static String detail(Tree step) {
        String detail = step.at("detail").text();
        return detail.isEmpty() ? "" : "   " + detail;
    }
}
