package io.tombolo.cli.admin;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;

import java.util.List;
import java.util.Locale;

/** Links as lines of a table. */
public final class LinkTable {

    private LinkTable() {}

    /** A table without lines yet. */
    public static Table header() {
        return Table.of(
                "LINK",
                "FROM → TO",
                "STATE",
                "TOPICS",
                "LAG records",
                "LAG bytes",
                "LAG time",
                "GROUPS",
                "TROUBLE");
    }

    /** A stopped link asks its source no more: it has neither a lag nor trouble. */
    public static void add(Table table, Tree link) {
        boolean stopped = link.at("state").text().equals("STOPPED");
        long active =
                link.at("topics").items().stream()
                        .filter(topic -> topic.at("state").text().equals("ACTIVE"))
                        .count();
        table.row(
                link.at("name").text(),
                link.at("from").text() + " → " + link.at("to").text(),
                state(link),
                active + "/" + link.at("topics").items().size(),
                stopped || heard(link) ? records(link) : "–",
                Amounts.bytes(copied(link).at("bytes").number(-1)),
                stopped ? "" : Amounts.ms(copied(link).at("ms").number(-1)),
                link.at("groups").items().size(),
                stopped ? "" : worst(link));
    }

    /** How many records are missing of what is copied; of other topics nobody knows. */
    private static String records(Tree link) {
        String known = Amounts.known(copied(link).at("records").number(-1));
        return link.at("uncountedTopics").items().isEmpty() ? known : known + " + ?";
    }

    /** The lag of what is copied; a broker of an older release tells no other. */
    private static Tree copied(Tree link) {
        Tree copied = link.at("copiedLag");
        return copied.present() ? copied : link.at("lag");
    }

    /** A source that was never heard of may hold anything. */
    private static boolean heard(Tree link) {
        return copied(link).at("ms").number(-1) >= 0 || !link.at("topics").items().isEmpty();
    }

    /** What troubles the link as a whole; otherwise its first topic that is in trouble. */
    private static String worst(Tree link) {
        if (link.at("trouble").present() && !link.at("trouble", "topic").present()) {
            return trouble(link.at("trouble"));
        }
        List<Tree> troubled =
                link.at("topics").items().stream()
                        .filter(topic -> topic.at("trouble").present())
                        .toList();
        if (troubled.isEmpty()) {
            return late(link) ? lateness(link) : silent(link);
        }
        Tree first = troubled.getFirst();
        String others =
                troubled.size() == 1 ? "" : " and " + Amounts.of(troubled.size() - 1, "more topic");
        return "topic %s%s: %s"
                .formatted(first.at("topic").text(), others, trouble(first.at("trouble")));
    }

    /** Whether it lags more than its file allows. */
    public static boolean late(Tree link) {
        long most = link.at("maxLagMs").number(-1);
        return most >= 0 && copied(link).at("ms").number(-1) > most;
    }

    /** By how much, in words. */
    public static String lateness(Tree link) {
        return "late: its lag is above limits.maxLag, %s"
                .formatted(Amounts.ms(link.at("maxLagMs").number(-1)));
    }

    /** What brokers copy that did not answer is not known. */
    private static String silent(Tree link) {
        List<String> silent =
                link.at("silentBrokers").items().stream()
                        .map(id -> Long.toString(id.number(-1)))
                        .toList();
        return silent.isEmpty() ? "" : "no answer of broker " + String.join(", ", silent);
    }

    /** The state in words. */
    static String state(Tree thing) {
        return thing.at("state").text().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    /** One line; empty when there is none. */
    static String trouble(Tree trouble) {
        if (!trouble.present()) {
            return "";
        }
        long retry = trouble.at("retryInMs").number(-1);
        return "%s: %s (%s%s)"
                .formatted(
                        trouble.at("code").text(),
                        trouble.at("detail").text(),
                        Amounts.of(trouble.at("count").number(1), "time"),
                        retry < 0 ? "" : ", next try in " + Amounts.ms(retry));
    }
}
