package io.tombolo.region.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What becomes of each difference between a file and the world. */
class PlannerTest {

    private static final RegionId EU = new RegionId("eu");
    private static final String FILE =
            """
            tombolo: 1
            regions: { eu: { brokers: 3 }, us: { brokers: 3 } }
            links: { eu-to-us: { from: eu, to: us, topics: ["*"] } }
            topics:
              orders: { in: eu, partitions: 4, replicas: 2, config: { retention.ms: 7d } }
            """;
    private static final World.Link LINK = link(topology(FILE));

    @Test
    void whatTheOwnershipOfALinkRestsOnIsTold() {
        Topology three =
                topology(
                        """
                        tombolo: 1
                        regions: { eu: {}, us: {}, w: {}, old: { bootstrap: "k:9092" } }
                        links:
                          eu-to-us: { from: eu, to: us, topics: ["*"] }
                          old-to-w: { from: old, to: w, topics: ["*"] }
                        ownership: { guarantee: quorum, sites: [eu, us, w], lease: 8s }
                        """);

        Plan plan = Planner.plan(three, Declared.NOTHING, world(Map.of()), Set.of());

        assertThat(plan(Map.of()).guarantees())
                .extracting(Plan.Guarantee::kind)
                .containsExactly("manual");
        assertThat(plan.guarantees())
                .extracting(one -> one.link() + " " + one.kind() + ": " + one.text())
                .first()
                .isEqualTo(
                        "eu-to-us quorum: 2 of eu, us, w agree who writes, for 8 s at a time;"
                                + " cut off from them, eu and us take no writes");
        assertThat(plan.guarantees().getLast().kind())
                .as("nobody keeps Apache Kafka from writing")
                .isEqualTo("manual");
    }

    @Test
    void aTopicThatIsNotThereIsMade() {
        Plan plan = plan(Map.of());

        assertThat(plan.changes())
                .containsExactly(
                        new Change.CreateTopic(
                                EU,
                                "orders",
                                4,
                                2,
                                new TreeMap<>(Map.of("retention.ms", "604800000"))));
        assertThat(plan.fulfilled()).isFalse();
    }

    @Test
    void aTopicThatIsAsTheFileSaysIsNotTouched() {
        Plan plan = plan(Map.of("orders", orders(Map.of("retention.ms", "604800000"))));

        assertThat(plan.fulfilled()).isTrue();
        assertThat(plan.findings()).isEmpty();
    }

    @Test
    void partitionsAndConfigsBecomeWhatTheFileSays() {
        var there = new World.Topic(3, 2, new TreeMap<>(Map.of("retention.ms", "1")));

        assertThat(plan(Map.of("orders", there)).changes())
                .containsExactly(
                        new Change.GrowTopic(EU, "orders", 3, 4),
                        new Change.SetConfig(
                                EU,
                                "orders",
                                "retention.ms",
                                Optional.of("1"),
                                Optional.of("604800000")));
    }

    @Test
    void whatWasSetAtRunTimeIsKeptAndTold() {
        Plan plan =
                plan(
                        Map.of(
                                "orders",
                                orders(
                                        Map.of(
                                                "retention.ms",
                                                "604800000",
                                                "max.message.bytes",
                                                "9"))));

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.findings())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.kind()).isEqualTo(Kind.KEPT);
                    assertThat(one.path()).isEqualTo("topics.orders.config.max.message.bytes");
                });
        assertThat(plan.fulfilled()).isTrue();
    }

    @Test
    void whatTheFileSetAndSaysNoMoreGoesBackToItsDefault() {
        Topology earlier = topology(FILE.replace("7d", "7d, max.message.bytes: 9"));
        World world =
                world(
                        Map.of(
                                "orders",
                                orders(
                                        Map.of(
                                                "retention.ms",
                                                "604800000",
                                                "max.message.bytes",
                                                "9"))));

        Plan plan = Planner.plan(topology(FILE), Declared.by(earlier), world, Set.of());

        assertThat(plan.changes())
                .containsExactly(
                        new Change.SetConfig(
                                EU,
                                "orders",
                                "max.message.bytes",
                                Optional.of("9"),
                                Optional.empty()));
    }

    @Test
    void onlyWhatTheFileOwnedIsDeletedAndOnlyWhereThatIsAllowed() {
        Topology earlier = topology(FILE + "  bills: { in: eu }\n");
        World world =
                world(
                        Map.of(
                                "orders", orders(Map.of("retention.ms", "604800000")),
                                "bills", new World.Topic(1, 1, new TreeMap<>()),
                                "foreign", new World.Topic(1, 1, new TreeMap<>())));

        Plan off = Planner.plan(topology(FILE), Declared.by(earlier), world, Set.of());
        Plan on =
                Planner.plan(
                        topology(FILE),
                        Declared.by(earlier),
                        world,
                        Set.of("topic:bills", "topic:foreign"));

        assertThat(off.changes()).isEmpty();
        assertThat(off.findings())
                .singleElement()
                .extracting(Finding::fix)
                .isEqualTo("add --allow-delete=topic:bills");
        assertThat(on.changes())
                .singleElement()
                .isInstanceOfSatisfying(
                        Change.DeleteTopic.class,
                        change -> assertThat(change.object()).isEqualTo("topic:bills"));
        assertThat(on.unmanaged()).containsEntry("eu", 1);
    }

    @Test
    void whatALinkWritesIsNoDifferenceAndNotCounted() {
        var mirror =
                new World.Topic(
                        9,
                        1,
                        new TreeMap<>(Map.of("retention.ms", "3")),
                        Optional.of(new LinkName("eu-to-us")),
                        Optional.empty());
        World world =
                new World(
                        new TreeMap<>(
                                Map.of(
                                        "eu",
                                        holding(
                                                Map.of(
                                                        "orders",
                                                        orders(
                                                                Map.of(
                                                                        "retention.ms",
                                                                        "604800000")))),
                                        "us",
                                        holding(Map.of("orders", mirror)))));

        Plan plan = Planner.plan(topology(FILE), Declared.NOTHING, world, Set.of());

        assertThat(plan.fulfilled()).isTrue();
        assertThat(plan.unmanaged()).containsEntry("us", 0);
    }

    @Test
    void whatCannotBeDoneIsBlockedWithItsPath() {
        Plan plan = plan(Map.of("orders", new World.Topic(9, 1, new TreeMap<>())));

        assertThat(plan.findings())
                .filteredOn(one -> one.kind() == Kind.BLOCKED)
                .extracting(Finding::path)
                .containsExactly("topics.orders.partitions", "topics.orders.replicas");
        assertThat(plan.fulfilled()).isFalse();
    }

    @Test
    void moreReplicasInSyncThanThereAreReplicasAreRefused() {
        Topology file =
                topology(
                        """
                        tombolo: 1
                        regions: { eu: { brokers: 3 } }
                        topics:
                          orders: { in: eu, replicas: 3, config: { min.insync.replicas: 2 } }
                        """);
        World world = world(Map.of("orders", new World.Topic(1, 1, new TreeMap<>())));

        Plan plan = Planner.plan(file, Declared.NOTHING, world, Set.of());

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.findings())
                .extracting(Finding::path)
                .contains("topics.orders.config.min.insync.replicas");
    }

    @Test
    void moreReplicasThanBrokersAreBlocked() {
        World world =
                new World(
                        new TreeMap<>(
                                Map.of(
                                        "eu",
                                        new World.Holding(
                                                1,
                                                new TreeMap<>(),
                                                new TreeMap<>(Map.of("eu-to-us", LINK)),
                                                new TreeSet<>()))));

        Plan plan = Planner.plan(topology(FILE), Declared.NOTHING, world, Set.of());

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.findings().getFirst().seen())
                .isEqualTo("2 replicas are asked for, and 1 brokers are there");
    }

    @Test
    void aTopicThatAnotherRegionHasTakenOverIsNotChangedWhereItWas() {
        var owner = new World.Owner(new RegionId("us"), new DomainName("eu-to-us"), 2);
        var there = new World.Topic(1, 2, new TreeMap<>(), Optional.empty(), Optional.of(owner));

        Plan plan = plan(Map.of("orders", there));

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.findings())
                .singleElement()
                .satisfies(one ->
                        assertThat(one.seen())
                                .isEqualTo(
                                        "region us owns it, with eu-to-us since ownership epoch"
                                                + " 2"));
    }

    private static World.Topic orders(Map<String, String> configs) {
        return new World.Topic(4, 2, new TreeMap<>(configs));
    }

    private static Plan plan(Map<String, World.Topic> topics) {
        return Planner.plan(topology(FILE), Declared.NOTHING, world(topics), Set.of());
    }

    private static World world(Map<String, World.Topic> topics) {
        return new World(new TreeMap<>(Map.of("eu", holding(topics))));
    }

    private static World.Holding holding(Map<String, World.Topic> topics) {
        return new World.Holding(
                3, new TreeMap<>(topics), new TreeMap<>(Map.of("eu-to-us", LINK)), new TreeSet<>());
    }

    /** The one link of a file, as a region has it. */
    static World.Link link(Topology file) {
        LinkEntry entry = file.links().values().iterator().next();
        return new World.Link(
                entry.ends(),
                entry.settings(file.policiesOf(entry.name())),
                World.Condition.RUNNING);
    }

    static Topology topology(String text) {
        if (TopologyFile.parse("tombolo.yaml", text) instanceof TopologyFile.Valid valid) {
            return valid.topology();
        }
        throw new IllegalStateException(TopologyFile.parse("tombolo.yaml", text).toString());
    }
}
