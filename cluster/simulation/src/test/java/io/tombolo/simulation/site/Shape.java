package io.tombolo.simulation.site;

import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import java.util.ArrayList;
import java.util.List;

/**
 * How many regions a world has, and how many brokers and controllers each of them.
 *
 * @param regions 1, or 2 with a link from the first to the second
 * @param brokers of each region
 * @param controllers of each region that are machines of their own; 0 where brokers vote
 * @param story what it is about
 */
public record Shape(int regions, int brokers, int controllers, Story story) {

    /** What a world is about. */
    public enum Story {
        PLAIN,
        /** The clients are first of all transactional ones. */
        TRANSACTIONS,
        /** Both these and all others. */
        ALL_CLIENTS,
        /** The second region takes over, and the topics come back to the first one as mirrors. */
        RETURN
    }

    public static final Shape ONE_REGION = new Shape(1, 1);
    public static final Shape TWO_REGIONS = new Shape(2, 1);
    public static final Shape THREE_BROKERS = new Shape(1, 3);
    public static final Shape FIVE_BROKERS = new Shape(1, 5);
    public static final Shape TWO_REGIONS_OF_THREE = new Shape(2, 3);

    /** Three brokers that observe, and three controllers that vote. */
    public static final Shape SEPARATE_ROLES = new Shape(1, 3, 3, Story.PLAIN);

    /** The same, linked to another region like it. */
    public static final Shape TWO_REGIONS_OF_SEPARATE_ROLES = new Shape(2, 3, 3, Story.PLAIN);

    /** Three brokers, whose clients write in transactions. */
    public static final Shape TRANSACTIONS = new Shape(1, 3, 0, Story.TRANSACTIONS);

    /** The same with controllers of their own. */
    public static final Shape TRANSACTIONS_OF_SEPARATE_ROLES =
            new Shape(1, 3, 3, Story.TRANSACTIONS);

    /** Another region has copies of what such clients write, and may take over. */
    public static final Shape COPIED_TRANSACTIONS = new Shape(2, 1, 0, Story.TRANSACTIONS);

    /** The same with three brokers in each. */
    public static final Shape COPIED_TRANSACTIONS_OF_THREE = new Shape(2, 3, 0, Story.TRANSACTIONS);

    /** Three brokers with all kinds of clients. */
    public static final Shape ALL_CLIENTS = new Shape(1, 3, 0, Story.ALL_CLIENTS);

    /** Another region copies what these write and where they are, and may take over. */
    public static final Shape LINKED_CLIENTS = new Shape(2, 1, 0, Story.ALL_CLIENTS);

    /** Two regions that take over from each other. */
    public static final Shape RETURN = new Shape(2, 1, 0, Story.RETURN);

    /** The same with three brokers in each. */
    public static final Shape RETURN_OF_THREE = new Shape(2, 3, 0, Story.RETURN);

    /** The partitions that clients use. */
    public static final List<Place> PLACES =
            List.of(new Place("orders", 0), new Place("orders", 1), new Place("ledger", 0));

    /** Shorter than usual where a broker waits for another one: so more happens in less time. */
    private static final String CONFIG =
            """
            { offsets.topic.num.partitions: 1, group.min.session.timeout.ms: 500,
                  group.consumer.session.timeout.ms: 2000,
                  group.consumer.min.session.timeout.ms: 500,
                  group.consumer.heartbeat.interval.ms: 500,
                  group.consumer.min.heartbeat.interval.ms: 100,
                  group.initial.rebalance.delay.ms: 100, default.replication.factor: %1$d,
                  offsets.topic.replication.factor: %1$d,
                  transaction.state.log.num.partitions: 2,
                  transaction.state.log.replication.factor: %1$d,
                  transaction.state.log.min.isr: %2$d, min.insync.replicas: %2$d,
                  broker.session.timeout.ms: 3000, broker.heartbeat.interval.ms: 500,
                  replica.lag.time.max.ms: 1500 }\
            """;

    private static final String REGION =
            """
              %1$s:
                brokers: %2$d
                kafka: "%1$s-{n}:9092"
                internal: "%1$s-{n}:9093"
                admin: "127.0.0.1:%3$d"
            %5$s\
                allowInsecure: true
                config: %4$s
            """;
    private static final String CONTROLLERS =
            """
                controllers: { count: %2$d, internal: "%1$s-c{n}:9093", admin: "127.0.0.1:%3$d" }
            """;
    private static final String LINK =
            """
            links:
              eu-to-us: { from: eu, to: us, topics: %1$s, groups: ["*"] }
            """;
    private static final String TOPICS =
            """
            topics:
              orders: { in: eu, partitions: 2, replicas: %1$d }
              ledger: { in: eu, partitions: 1, replicas: %1$d, config: { flush.messages: 1 } }
            """;

    private static final String CLICKS =
            """
              clicks:
                in: eu
                partitions: 1
                replicas: %1$d
                config: { unclean.leader.election.enable: true, min.insync.replicas: 1 }
            """;

    /** What the link copies. */
    public enum Filter {
        ALL("[\"orders\", \"ledger\"]"),
        /** One of the topics does not belong to the link any more. */
        FEWER("[\"orders\"]"),
        /** So does one that was none of the link's. */
        MORE("[\"*\"]");

        private final String patterns;

        Filter(String patterns) {
            this.patterns = patterns;
        }
    }

    public Shape {
        if (regions < 1 || regions > 2 || brokers < 1) {
            throw new IllegalArgumentException("no world of %d × %d".formatted(regions, brokers));
        }
    }

    /** Of brokers that vote themselves. */
    public Shape(int regions, int brokers) {
        this(regions, brokers, 0, Story.PLAIN);
    }

    /** Whether there are transactional clients. */
    public boolean transactional() {
        return story == Story.TRANSACTIONS || story == Story.ALL_CLIENTS;
    }

    /** Whether there are many clients of other kinds. */
    public boolean plain() {
        return story != Story.TRANSACTIONS;
    }

    /** Whether there is a group of the newer protocol (KIP-848) as well. */
    public boolean consumed() {
        return story == Story.ALL_CLIENTS;
    }

    /** How many copies of each partition there are. */
    public int replicas() {
        return Math.min(3, brokers);
    }

    /** Whether there are several copies of each partition in a region. */
    public boolean replicated() {
        return brokers > 1;
    }

    /** Whether there is {@link Place#CLICKS}. */
    public boolean clicked() {
        return replicated() && regions == 1 && plain();
    }

    /** All partitions that producers write to from the beginning. */
    public List<Place> written() {
        var all = new ArrayList<>(PLACES);
        if (clicked()) {
            all.add(Place.CLICKS);
        }
        return all;
    }

    public Topology topology() {
        return topology(Filter.ALL);
    }

    /** Its file, with another filter of the link. */
    public Topology topology(Filter filter) {
        var text = new StringBuilder("tombolo: 1\nname: world\nregions:\n");
        String config = CONFIG.formatted(replicas(), replicas() > 1 ? 2 : 1);
        text.append(region("eu", 9192, config));
        if (regions == 2) {
            text.append(region("us", 9292, config)).append(LINK.formatted(filter.patterns));
        }
        text.append(TOPICS.formatted(replicas()));
        if (clicked()) {
            text.append(CLICKS.formatted(replicas()));
        }
        TopologyFile file = TopologyFile.parse("world.yaml", text.toString());
        if (!(file instanceof TopologyFile.Valid valid) || !valid.refusals().isEmpty()) {
            throw new IllegalArgumentException("no topology to start: " + file);
        }
        return valid.topology();
    }

    private String region(String name, int adminPort, String config) {
        String apart =
                controllers == 0 ? "" : CONTROLLERS.formatted(name, controllers, adminPort + 50);
        return REGION.formatted(name, brokers, adminPort, config, apart);
    }
}
