package io.tombolo.cli.failback;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** A failback in words. */
final class FailbackText {

    private FailbackText() {}

    /** What only one region had, by partition; partitions without any such record are left out. */
    static String divergences(List<Tree> views) {
        Table table =
                Table.of(
                        "REGION",
                        "TOPIC",
                        "PARTITION",
                        "ONLY THERE",
                        "RECORDS",
                        "BYTES",
                        "PRODUCED",
                        "COPIED TO");
        for (Tree view : views) {
            for (Tree topic : view.at("topics").items()) {
                for (Tree partition : topic.at("partitions").items()) {
                    if (width(partition) > 0) {
                        row(table, view, topic, partition);
                    }
                }
            }
        }
        return table.textOr("no region is known to have had records that the other one has not");
    }

    private static void row(Table table, Tree view, Tree topic, Tree partition) {
        table.row(
                view.at("region").text(),
                topic.at("topic").text(),
                partition.at("partition").number(-1),
                "%d…%d"
                        .formatted(
                                partition.at("fromOffset").number(0),
                                partition.at("toOffset").number(0) - 1),
                partition.at("records").number(0),
                Amounts.bytes(partition.at("bytes").number(0)),
                produced(partition),
                partition.at("exportedTo").text());
    }

    private static String produced(Tree partition) {
        long first = partition.at("firstTimestampMs").number(-1);
        long last = partition.at("lastTimestampMs").number(-1);
        return first < 0 ? "" : first == last ? at(first) : at(first) + " – " + at(last);
    }

    private static String at(long timestampMs) {
        return Instant.ofEpochMilli(timestampMs).truncatedTo(ChronoUnit.SECONDS).toString();
    }

    /** How many offsets only the region has that came back. */
    static long width(Tree partition) {
        return partition.at("toOffset").number(0) - partition.at("fromOffset").number(0);
    }

    /** The end of it, in words. */
    public static String outcome(Tree outcome) {
        var text = new StringBuilder();
        long records = outcome.at("records").number(0);
        text.append(
                records == 0
                        ? "%s had nothing that %s has not\n"
                                .formatted(outcome.at("region").text(), outcome.at("owner").text())
                        : "%s had %s that %s has not; each is in __divergent.<topic> of %s\n"
                                .formatted(
                                        outcome.at("region").text(),
                                        Amounts.of(records, "record"),
                                        outcome.at("owner").text(),
                                        outcome.at("region").text()));
        text.append(
                "%s of %s follow %s again: tombolo link describe %s\n"
                        .formatted(
                                Amounts.of(outcome.at("topics").number(0), "topic"),
                                outcome.at("region").text(),
                                outcome.at("owner").text(),
                                outcome.at("link").text()));
        for (Tree topic : outcome.at("onlyHere").items()) {
            text.append(
                    "%s was never copied to %s: it stays as it is and takes no writes\n"
                            .formatted(topic.text(), outcome.at("owner").text()));
        }
        return text.toString();
    }
}
