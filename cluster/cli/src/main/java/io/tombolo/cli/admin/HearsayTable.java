package io.tombolo.cli.admin;

import io.tombolo.cli.admin.RegionSnapshots.Snapshot;
import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What regions have heard of each other, and how long ago. */
final class HearsayTable {

    private HearsayTable() {}

    /** One line for every pair of regions of which the first one answered. */
    static Table of(List<Snapshot> snapshots) {
        Table table = Table.of("HEARD IN", "OF", "AGO", "BROKERS", "FILE");
        for (Snapshot snapshot : snapshots) {
            for (Tree other : snapshot.status().at("regions").items()) {
                table.row(
                        snapshot.region().id(),
                        other.at("region").text(),
                        Amounts.ms(other.at("ageMs").number(-1)),
                        brokers(other),
                        file(other));
            }
        }
        return table;
    }

    /** Those that serve by their own word, of those that are up. */
    private static String brokers(Tree other) {
        List<Tree> brokers = other.at("brokers").items();
        long serving =
                brokers.stream().filter(it -> it.at("state").text().equals("serving")).count();
        return brokers.isEmpty() ? "–" : serving + "/" + brokers.size();
    }

    private static String file(Tree other) {
        Tree same = other.at("sameFile");
        return same.present() ? same.flag() ? "the same" : "another one" : "–";
    }

    /** What another region heard last of one that does not answer; empty when none did. */
    static String lastWord(Snapshot silent, List<Snapshot> all) {
        String region = silent.region().id().name();
        record Heard(Snapshot by, Tree of) {

            long ageMs() {
                return of.at("ageMs").number(-1);
            }
        }
        Optional<Heard> latest =
                all.stream()
                        .flatMap(by ->
                                by.status().at("regions").items().stream()
                                        .map(of -> new Heard(by, of)))
                        .filter(it -> it.of().at("region").text().equals(region))
                        .filter(it -> it.ageMs() >= 0)
                        .min(Comparator.comparingLong(Heard::ageMs));
        return latest.map(it ->
                        "%s heard of it %s ago: %s, %s of clients, %s\n"
                                .formatted(
                                        it.by().region().id(),
                                        Amounts.ms(it.ageMs()),
                                        Amounts.of(it.of().at("brokers").items().size(), "broker"),
                                        Amounts.of(sum(it.of(), "connections"), "connection"),
                                        Amounts.of(sum(it.of(), "groups"), "group")))
                .orElse("");
    }

    private static long sum(Tree region, String what) {
        return region.at("brokers").items().stream().mapToLong(it -> it.at(what).number(0)).sum();
    }
}
