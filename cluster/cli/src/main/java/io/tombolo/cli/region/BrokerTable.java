package io.tombolo.cli.region;

import io.tombolo.cli.output.Table;
import io.tombolo.cli.output.Tree;

/** Brokers as the controller of their region sees them, as rows. */
final class BrokerTable {

    private BrokerTable() {}

    static Table header() {
        return Table.of(
                "BROKER",
                "ID",
                "STATE",
                "ROLE",
                "LEADERS",
                "REPLICAS",
                "NOT IN SYNC",
                "RACK",
                "KAFKA",
                "ADMIN");
    }

    /**
     * @param broker as the admin interface shows it
     */
    static void add(Table table, String region, Tree broker) {
        table.row(
                name(region, broker),
                broker.at("id").text(),
                broker.at("state").text(),
                role(broker),
                broker.at("leaders").text(),
                broker.at("replicas").text(),
                broker.at("notInSync").text(),
                broker.at("rack").text(),
                broker.at("kafka").text(),
                broker.at("admin").text());
    }

    /** As people call it; a broker that the file does not have goes by its id. */
    static String name(String region, Tree broker) {
        Tree number = broker.at("number");
        return number.present() ? region + "-" + number.text() : broker.at("id").text();
    }

    static String role(Tree broker) {
        if (broker.at("controller").flag()) {
            return "controller";
        }
        return broker.at("voter").flag() ? "voter" : "observer";
    }
}
