package io.tombolo.simulation.site;

import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import java.util.List;

/**
 * How many regions a world has, and how many brokers each of them.
 *
 * @param regions 1, or 2 with a link from the first to the second
 * @param brokers of each region; topologies refuse more than one as long as nothing follows
 */
public record Shape(int regions, int brokers) {

    public static final Shape ONE_REGION = new Shape(1, 1);
    public static final Shape TWO_REGIONS = new Shape(2, 1);

    /** The partitions that clients use. */
    public static final List<Place> PLACES =
            List.of(new Place("orders", 0), new Place("orders", 1), new Place("ledger", 0));

    private static final String CONFIG =
            "{ offsets.topic.num.partitions: 1, group.min.session.timeout.ms: 500,"
                    + " group.initial.rebalance.delay.ms: 100 }";
    private static final String REGION =
            "  %s: { brokers: %d, kafka: \"%s-{n}:9092\", admin: \"127.0.0.1:%d\","
                    + " allowInsecure: true, config: %s }%n";
    private static final String LINK =
            """
            links:
              eu-to-us: { from: eu, to: us, topics: ["orders", "ledger"], groups: ["*"] }
            """;
    private static final String TOPICS =
            """
            topics:
              orders: { in: eu, partitions: 2 }
              ledger: { in: eu, partitions: 1, config: { flush.messages: 1 } }
            """;

    public Shape {
        if (regions < 1 || regions > 2 || brokers < 1) {
            throw new IllegalArgumentException("no world of %d × %d".formatted(regions, brokers));
        }
    }

    public Topology topology() {
        var text = new StringBuilder("tombolo: 1\nname: world\nregions:\n");
        text.append(REGION.formatted("eu", brokers, "eu", 9192, CONFIG));
        if (regions == 2) {
            text.append(REGION.formatted("us", brokers, "us", 9292, CONFIG)).append(LINK);
        }
        text.append(TOPICS);
        TopologyFile file = TopologyFile.parse("world.yaml", text.toString());
        if (!(file instanceof TopologyFile.Valid valid) || !valid.refusals().isEmpty()) {
            throw new IllegalArgumentException("no topology to start: " + file);
        }
        return valid.topology();
    }
}
