package io.tombolo.cli.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.LinkName;
import io.tombolo.region.plan.Declared;
import io.tombolo.region.plan.Plan;
import io.tombolo.region.plan.Planner;
import io.tombolo.region.plan.World;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Topology;
import io.tombolo.region.topology.file.TopologyFile;

import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is exported produces the world that it was exported from. */
class ExportTest {

    private static final String FILE =
            """
            # the shop
            tombolo: 1
            defaults: { topic: { partitions: 6 } }
            regions:
              eu: { brokers: 3 }   # Frankfurt
              us: { brokers: 3 }
            links:
              eu-to-us: { from: eu, to: us, topics: ["*"], sync: { offsets: never } }
            failover:
              shop: { follows: eu-to-us }
            topics:
              old: { in: eu }
            """;
    private static final World.Link LINK = link();

    @Test
    void whatCannotBeSeenIsKeptAndTheRestIsWhatIsThere() {
        var orders = new World.Topic(3, 2, new TreeMap<>(Map.of("retention.ms", "5")));

        String text = exported(world(Map.of("orders", orders), Map.of()));

        assertThat(text)
                .isEqualTo(
                        """
                        # the shop
                        tombolo: 1
                        regions:
                          eu: { brokers: 3 }   # Frankfurt
                          us: { brokers: 3 }
                        links:
                          eu-to-us:
                            from: eu
                            to: us
                            topics: ["*", "!tmp*"]
                            groups: ["*"]
                            sync: { configs: true, acls: false, offsets: never }
                            limits: { rate: 5000000B/s, maxLag: 30000ms }
                            reverse: standby
                        failover:
                          shop: { follows: eu-to-us, groups: ["b-*"], refuseIf: { lagOver: 10000ms, sourceReachableAndWriting: true } }
                        topics:
                          orders: { in: eu, partitions: 3, replicas: 2, config: { retention.ms: "5" } }
                        """);
    }

    @Test
    void whatIsExportedPlansToNoChange() {
        for (long seed = 1; seed <= 200; seed++) {
            World world = random(new Random(seed));

            Topology file = topology(exported(world));

            Plan plan = Planner.plan(file, Declared.NOTHING, world, Set.of());
            assertThat(plan.fulfilled()).as("seed " + seed + " " + plan).isTrue();
            assertThat(plan.findings()).as("seed " + seed).isEmpty();
            assertThat(plan.unmanaged().values()).containsOnly(0);
        }
    }

    @Test
    void whatCopiesAreCalledAndWhereTheyBeginIsWrittenDown() {
        String renaming =
                """
                tombolo: 1
                regions: { eu: {}, us: {} }
                links:
                  b: { from: eu, to: us, topics: ["b"], rename: "eu.{topic}.b", start: latest, gap: jump, recreate: restart }
                """;
        var topics = new TreeMap<>(Map.of("b", new World.Topic(1, 1, new TreeMap<>())));
        LinkEntry entry = topology(renaming).links().values().iterator().next();
        var there =
                new World.Link(entry.ends(), entry.settings(List.of()), World.Condition.RUNNING);
        var links = new TreeMap<>(Map.of("b", there));
        var mirrors =
                new TreeMap<>(
                        Map.of(
                                "eu.b.b",
                                new World.Topic(
                                        1,
                                        1,
                                        new TreeMap<>(),
                                        Optional.of(new LinkName("b")),
                                        Optional.empty())));
        var world =
                new World(
                        new TreeMap<>(
                                Map.of(
                                        "eu",
                                        new World.Holding(1, topics, links, new TreeSet<>()),
                                        "us",
                                        new World.Holding(1, mirrors, links, new TreeSet<>()))));

        String text = ((Export.Result.File) Export.of(renaming, world)).text();

        assertThat(text)
                .contains(
                        "rename: \"eu.{topic}.b\"",
                        "start: \"latest\"",
                        "gap: jump",
                        "recreate: restart");
        Plan plan = Planner.plan(topology(text), Declared.NOTHING, world, Set.of());
        assertThat(plan.fulfilled()).as(plan.toString()).isTrue();
    }

    @Test
    void aWorldThatDoesNotFitIntoOneFileIsRefusedWithTheReason() {
        var topic = new World.Topic(1, 1, new TreeMap<>());
        World twice = world(Map.of("tmp-a", topic), Map.of("tmp-a", topic));

        assertThat(Export.of(FILE, twice))
                .isEqualTo(
                        new Export.Result.Impossible(
                                "several regions have topics of their own named tmp-a"));
        assertThat(Export.of("{ tombolo: 1 }", twice)).isInstanceOf(Export.Result.Impossible.class);
    }

    private static String exported(World world) {
        return ((Export.Result.File) Export.of(FILE, world)).text();
    }

    private static World random(Random random) {
        var eu = new TreeMap<String, World.Topic>();
        var us = new TreeMap<String, World.Topic>();
        for (String name : List.of("a", "b.c", "no", "12", "tmp-x", "true", "__own")) {
            var configs = new TreeMap<String, String>();
            if (random.nextBoolean()) {
                configs.put("retention.ms", Integer.toString(random.nextInt(99)));
                configs.put("cleanup.policy", "compact,delete");
            }
            var topic = new World.Topic(1 + random.nextInt(9), 1 + random.nextInt(3), configs);
            if (random.nextBoolean()) {
                eu.put(name, topic);
                if (!name.startsWith("tmp")) {
                    us.put(
                            name,
                            new World.Topic(
                                    topic.partitions(),
                                    1,
                                    configs,
                                    Optional.of(new LinkName("eu-to-us")),
                                    Optional.empty()));
                }
            } else if (name.startsWith("tmp")) {
                us.put(name, topic);
            }
        }
        return world(eu, us);
    }

    private static World world(Map<String, World.Topic> eu, Map<String, World.Topic> us) {
        return new World(new TreeMap<>(Map.of("eu", holding(eu), "us", holding(us))));
    }

    private static World.Holding holding(Map<String, World.Topic> topics) {
        return new World.Holding(
                3, new TreeMap<>(topics), new TreeMap<>(Map.of("eu-to-us", LINK)), new TreeSet<>());
    }

    private static World.Link link() {
        Topology there =
                topology(
                        """
                        tombolo: 1
                        regions: { eu: {}, us: {} }
                        links:
                          eu-to-us:
                            from: eu
                            to: us
                            topics: ["*", "!tmp*"]
                            sync: { offsets: never }
                            limits: { rate: 5MB/s, maxLag: 30s }
                            reverse: standby
                        failover:
                          shop: { follows: eu-to-us, groups: ["b-*"], refuseIf: { lagOver: 10s } }
                        """);
        LinkEntry entry = there.links().values().iterator().next();
        return new World.Link(
                entry.ends(),
                entry.settings(there.policiesOf(entry.name())),
                World.Condition.RUNNING);
    }

    private static Topology topology(String text) {
        return ((TopologyFile.Valid) TopologyFile.parse("tombolo.yaml", text)).topology();
    }
}
