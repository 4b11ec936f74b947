package io.tombolo.cli.admin;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Tree;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;

/** A failover in words. */
public final class FailoverText {

    /** So many transactions of a partition are told one by one. */
    private static final int TRANSACTIONS_TOLD = 5;

    private static final int PIECES_TOLD = 5;

    private FailoverText() {}

    /** What is at risk, before anything happens. */
    public static String preview(Tree preview) {
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
        Tree finished = preview.at("finished");
        if (finished.present()) {
            text.append(finished(finished, preview.at("to").text())).append('\n');
            text.append(steps(finished));
        } else {
            text.append("Not replicated: ").append(bound(preview)).append('\n');
        }
        for (Tree topic : preview.at("leftOut").items()) {
            text.append(
                    "%s: left out by the link's filter: stays read-only; delete it when nobody reads it any more\n"
                            .formatted(topic.text()));
        }
        return text.toString();
    }

    /** A failover that is over, in one line. */
    static String finished(Tree finished, String to) {
        long endedAtMs = finished.at("endedAtMs").number(-1);
        String when =
                switch (finished.at("origin").text()) {
                    case "REMEMBERED" -> "earlier, at a time that its broker has not kept";
                    case "RESUMED" -> at(endedAtMs) + ", gone on with after a restart";
                    default -> at(endedAtMs);
                };
        return "%s took over under epoch %s, %s (%s)"
                .formatted(
                        to,
                        finished.at("ownershipEpoch").text(),
                        when,
                        finished.at("cause").text());
    }

    private static String at(long wallMs) {
        return Instant.ofEpochMilli(wallMs).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /**
     * What may be lost: what the region knows to be missing, and what the source may have taken
     * since the state of it that the region knows.
     */
    public static String bound(Tree preview) {
        Tree bound = preview.at("lossBound");
        String from = preview.at("from").text();
        long bytes = bound.at("bytes").number(-1);
        List<Tree> uncounted = bound.at("uncountedTopics").items();
        if (bound.at("records").number(0) < 0) {
            return unknown(uncounted);
        }
        return "%s%s known + %s%s"
                .formatted(
                        Amounts.of(bound.at("records").number(0), "record"),
                        bytes < 0 ? "" : " (" + Amounts.bytes(bytes) + ")",
                        unheard(bound, from, preview.at("sourceReachable").flag()),
                        uncounted.isEmpty() ? "" : "; " + unknown(uncounted));
    }

    /** What of it no number tells: topics that are not copied, or not any more. */
    private static String unknown(List<Tree> topics) {
        return "unknown for %s: %s"
                .formatted(
                        Amounts.of(topics.size(), "topic"),
                        String.join(", ", topics.stream().map(Tree::text).toList()));
    }

    private static String unheard(Tree bound, String from, boolean answers) {
        long records = bound.at("unheardRecords").number(-1);
        String time = Amounts.ms(bound.at("unheardMs").number(-1));
        if (records < 0) {
            return "an unknown number: nothing has been heard of what %s holds".formatted(from);
        }
        if (records == 0) {
            return "none since if %s stayed as idle as it was (%s %s)"
                    .formatted(from, time, answers ? "ago" : "silence");
        }
        return "up to about %s %s (%s%s at up to %s/s)"
                .formatted(
                        Amounts.count(records),
                        answers ? "on the way" : "produced since",
                        time,
                        answers ? "" : " silence",
                        Amounts.count(bound.at("recordsPerSecond").number(0)));
    }

    /**
     * What was done.
     *
     * @param source the region that the link reads
     */
    public static String outcome(Tree outcome, LinkEntry link, Region source) {
        var text = new StringBuilder(steps(outcome));
        text.append(
                "Done in %s. Region %s owns the topics of %s under epoch %s.\n"
                        .formatted(
                                Amounts.ms(outcome.at("totalMs").number(-1)),
                                link.to(),
                                link.name(),
                                outcome.at("ownershipEpoch").text()));
        return text.append(oldOwner(source)).toString();
    }

    /** What becomes of writes to the region that owned the topics. */
    private static String oldOwner(Region source) {
        return switch (source) {
            case Region.Foreign kafka ->
                    """
                    %1$s is Apache Kafka and never hears of that epoch: nothing stops writers there.
                    Point producers away from %1$s, or deny them WRITE on these topics with its ACLs.
                    """
                            .formatted(kafka.id());
            case Region.Hosted own ->
                    "When %s comes back and hears of that epoch, it refuses writes to them.\n"
                            .formatted(own.id());
        };
    }

    private static String steps(Tree outcome) {
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
        outcome.at("aborted").items().forEach(partition -> text.append(aborted(partition)));
        List<Tree> torn = outcome.at("torn").items();
        torn.stream().limit(TRANSACTIONS_TOLD).forEach(one -> text.append(torn(one)));
        if (torn.size() > TRANSACTIONS_TOLD) {
            text.append(
                    "  torn: %s more; -o json names them\n"
                            .formatted(Amounts.of(torn.size() - TRANSACTIONS_TOLD, "transaction")));
        }
        return text.toString();
    }

    /** The transactions of one partition that had not ended in the copy. */
    private static String aborted(Tree partition) {
        String name = partition.at("topic").text() + "-" + partition.at("partition").text();
        List<Tree> told = partition.at("transactions").items();
        var text = new StringBuilder();
        for (Tree one : told.subList(0, Math.min(told.size(), TRANSACTIONS_TOLD))) {
            long records = one.at("records").number(-1);
            text.append(
                    "  aborted in %s: the transaction of producer %s in epoch %s, %s from offset %s on\n"
                            .formatted(
                                    name,
                                    one.at("producerId").text(),
                                    one.at("producerEpoch").text(),
                                    records < 0 ? "records" : Amounts.of(records, "record"),
                                    one.at("firstOffset").text()));
        }
        long more = partition.at("count").number(0) - Math.min(told.size(), TRANSACTIONS_TOLD);
        return more > 0
                ? text
                        + "  aborted in %s: %s more; -o json names them\n"
                                .formatted(name, Amounts.of(more, "transaction"))
                : text.toString();
    }

    /** A transaction of which consumers get one part and not the other. */
    private static String torn(Tree one) {
        return "  torn: the transaction of producer %s in epoch %s is committed in %s and aborted in %s\n"
                .formatted(
                        one.at("producerId").text(),
                        one.at("producerEpoch").text(),
                        pieces(one.at("committed").items()),
                        pieces(one.at("aborted").items()));
    }

    private static String pieces(List<Tree> pieces) {
        String told =
                pieces.stream()
                        .limit(PIECES_TOLD)
                        .map(FailoverText::piece)
                        .collect(Collectors.joining(", "));
        int more = pieces.size() - PIECES_TOLD;
        return more > 0 ? told + " and " + Amounts.of(more, "partition") + " more" : told;
    }

    private static String piece(Tree piece) {
        String name = piece.at("topic").text() + "-" + piece.at("partition").text();
        long first = piece.at("firstOffset").number(-1);
        return first < 0 ? name : name + " from offset " + first + " on";
    }

    private static String detail(Tree step) {
        String detail = step.at("detail").text();
        return detail.isEmpty() ? "" : "   " + detail;
    }
}
