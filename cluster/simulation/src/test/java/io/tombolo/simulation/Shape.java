package io.tombolo.simulation;

import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

/** How many regions a world has. */
enum Shape {
    ONE_REGION(
            """
            tombolo: 1
            name: one
            regions:
              eu: { kafka: "eu:9092", admin: "127.0.0.1:9192", allowInsecure: true, config: CONFIG }
            topics:
              orders: { in: eu, partitions: 2 }
              ledger: { in: eu, partitions: 1, config: { flush.messages: 1 } }
            """),
    TWO_REGIONS(
            """
            tombolo: 1
            name: two
            regions:
              eu: { kafka: "eu:9092", admin: "127.0.0.1:9192", allowInsecure: true, config: CONFIG }
              us: { kafka: "us:9092", admin: "127.0.0.1:9292", allowInsecure: true, config: CONFIG }
            links:
              eu-to-us: { from: eu, to: us, topics: ["orders", "ledger"], groups: ["*"] }
            topics:
              orders: { in: eu, partitions: 2 }
              ledger: { in: eu, partitions: 1, config: { flush.messages: 1 } }
            """);

    private final Topology topology;

    Shape(String file) {
        String text = file.replace("CONFIG", "{ offsets.topic.num.partitions: 1 }");
        if (!(TopologyFile.parse("world.yaml", text) instanceof TopologyFile.Valid valid)) {
            throw new IllegalArgumentException(
                    "not a topology: " + TopologyFile.parse("world.yaml", text));
        }
        this.topology = valid.topology();
    }

    Topology topology() {
        return topology;
    }
}
