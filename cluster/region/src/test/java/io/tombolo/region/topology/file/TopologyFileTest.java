package io.tombolo.region.topology.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Endpoint;
import io.tombolo.region.BrokerId;
import io.tombolo.region.ControllerId;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.diagnosis.Violation;
import io.tombolo.region.diagnosis.ViolationText;
import io.tombolo.region.topology.ByteRate;
import io.tombolo.region.topology.FailoverPolicy;
import io.tombolo.region.topology.LinkEntry;
import io.tombolo.region.topology.Region;
import io.tombolo.region.topology.Topology;

import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

class TopologyFileTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");

    @Test
    void theSmallestUsefulFileRunsAsItStands() {
        TopologyFile.Valid file = valid(Resource.text("smallest-useful.yaml"));

        assertThat(file.unavailableSections()).isEmpty();
        assertThat(file.warnings()).isEmpty();
        Topology topology = file.topology();
        assertThat(topology.hosted(EU).orElseThrow().brokers())
                .containsExactly(
                        new Region.Broker(
                                1,
                                new BrokerId(1),
                                new Region.Listeners(
                                        new Endpoint("127.0.0.1", 9092),
                                        new Endpoint("127.0.0.1", 8080),
                                        new Endpoint("127.0.0.1", 25_092),
                                        new Endpoint("127.0.0.1", 5701)),
                                Optional.empty()));
        assertThat(topology.hosted(US).orElseThrow().brokers().getFirst().kafka())
                .isEqualTo(new Endpoint("127.0.0.1", 9192));
        LinkEntry link = topology.links().get(new LinkName("eu-to-us"));
        assertThat(link.sync()).isEqualTo(LinkEntry.Sync.STANDARD);
        assertThat(link.topics().includes("orders")).isTrue();
        assertThat(link.topics().includes("__consumer_offsets")).isFalse();
        assertThat(topology.topics().declared().get("orders").partitions()).isEqualTo(1);
    }

    @Test
    void controllersOfTheirOwnHaveIdsPortsAndFoldersThatNoBrokerHas() {
        String text = "tombolo: 1\nregions: { eu: {}, us: { brokers: 2, controllers: 3 } }\n";

        Topology topology = valid(text).topology();

        Region.Hosted us = topology.hosted(US).orElseThrow();
        assertThat(us.nodes().separate()).isTrue();
        assertThat(us.controller(3))
                .contains(
                        new Region.Controller(
                                3,
                                new ControllerId(101_003),
                                new Endpoint("127.0.0.1", 8272),
                                new Endpoint("127.0.0.1", 25_284)));
        assertThat(us.controller(4)).isEmpty();
        assertThat(us.nodes().all())
                .extracting(us::nameOf)
                .containsExactly("us-1", "us-2", "us-c1", "us-c2", "us-c3");
        assertThat(us.dataDirectories(us.controller(1).orElseThrow()))
                .containsExactly(".tombolo/us-c1");
        assertThat(us.nodes().withId(101_002)).contains(us.controller(2).orElseThrow());
        assertThat(topology.hosted(EU).orElseThrow().nodes().separate()).isFalse();
    }

    @Test
    void aRegionsTopicsHaveTheReplicasOfTheDefaultsAsFarAsItHasBrokersAndSaysNothingElse() {
        String text =
                "tombolo: 1\ndefaults: { topic: { replicas: 3 } }\nregions: { eu: { brokers: 5 },"
                        + " us: { brokers: 2 }, ap: { brokers: 3, config:"
                        + " { default.replication.factor: 1 } }, sa: {} }\n";

        Topology topology = valid(text).topology();

        String key = "default.replication.factor";
        assertThat(topology.hosted(EU).orElseThrow().config()).containsEntry(key, "3");
        assertThat(topology.hosted(US).orElseThrow().config()).containsEntry(key, "2");
        assertThat(topology.hosted(new RegionId("ap")).orElseThrow().config())
                .containsEntry(key, "1");
        assertThat(topology.hosted(new RegionId("sa")).orElseThrow().config()).isEmpty();
    }

    @Test
    void addressesOfControllersStandBesideTheirNumber() {
        String text =
                "tombolo: 1\nregions: { eu: { storage: { dirs: [/a, /b] }, controllers:"
                        + " { count: 1, internal: \"c{n}.localhost:9\", admin: 127.0.0.1:7 } } }\n";

        Region.Hosted eu = valid(text).topology().hosted(EU).orElseThrow();

        Region.Controller controller = eu.controller(1).orElseThrow();
        assertThat(controller.nodeId()).isEqualTo(100_001);
        assertThat(controller.internal()).isEqualTo(new Endpoint("c1.localhost", 9));
        assertThat(controller.admin()).isEqualTo(new Endpoint("127.0.0.1", 7));
        assertThat(eu.dataDirectories(controller)).containsExactly("/a/eu-c1");
        assertThat(eu.dataDirectories(eu.brokers().getFirst()))
                .containsExactly("/a/eu-1", "/b/eu-1");
    }

    @Test
    void kafkasNamesForDirectoriesMeanTheSameAsStorage() {
        Region.Hosted own = storage("storage: { dirs: [/a, /b] }");
        Region.Hosted kafkas = storage("config: { log.dirs: \"/a, /b\" }");
        Region.Hosted list = storage("config: { log.dirs: [/a, /b] }");
        Region.Hosted one = storage("config: { log.dir: /a }");
        Region.Hosted both =
                storage("storage: { dirs: [/a, /b] }, config: { log.dirs: \"/a,/b\" }");

        assertThat(kafkas.storage()).isEqualTo(own.storage());
        assertThat(list.storage()).isEqualTo(own.storage());
        assertThat(both.storage()).isEqualTo(own.storage());
        assertThat(one.dataDirectories(one.brokers().getLast())).containsExactly("/a/eu-3");
        assertThat(own.config()).isEmpty();
        assertThat(kafkas.config()).isEmpty();
    }

    @Test
    void theNumberInADirectoryNamesItAndNothingIsAppended() {
        Region.Hosted eu = storage("controllers: 1, config: { log.dirs: [\"/a/{n}\", /b] }");

        Region.Broker second = eu.broker(2).orElseThrow();
        Region.Controller controller = eu.controller(1).orElseThrow();
        assertThat(eu.dataDirectories(second)).containsExactly("/a/2", "/b/eu-2");
        assertThat(eu.metadataDirectory(second)).isEqualTo("/a/2");
        assertThat(eu.dataDirectories(controller)).containsExactly("/a/c1");
        assertThat(eu.storage().commonDir()).isEqualTo(Region.Storage.DIR_DEFAULT);
    }

    @Test
    void theMetadataLogMayHaveADirectoryOfItsOwnOrOneOfTheOthers() {
        Region.Hosted apart =
                storage("controllers: 1, config: { log.dirs: /a, metadata.log.dir: /fast }");
        Region.Hosted among = storage("config: { log.dirs: [/a, /b], metadata.log.dir: /b }");

        Region.Broker first = apart.brokers().getFirst();
        Region.Controller controller = apart.controller(1).orElseThrow();
        assertThat(apart.dataDirectories(first)).containsExactly("/a/eu-1");
        assertThat(apart.metadataDirectory(first)).isEqualTo("/fast/eu-1");
        assertThat(apart.dataDirectories(controller)).containsExactly("/fast/eu-c1");
        assertThat(among.metadataDirectory(first)).isEqualTo("/b/eu-1");
    }

    private static Region.Hosted storage(String keys) {
        String text = "tombolo: 1\nregions: { eu: { brokers: 3, %s } }\n".formatted(keys);
        return valid(text).topology().hosted(EU).orElseThrow();
    }

    @Test
    void theFullExampleIsUnderstood() {
        TopologyFile.Valid file = valid(Resource.text("full-example.yaml"));

        Topology topology = file.topology();
        assertThat(topology.name()).isEqualTo("shop");
        assertThat(topology.hosted(US).orElseThrow().broker(3).orElseThrow().kafka())
                .isEqualTo(new Endpoint("us-3.shop.internal", 9092));
        assertThat(topology.topics().declared().get("orders.created").config())
                .containsEntry("retention.ms", "604800000")
                .containsEntry("min.insync.replicas", "2");
        LinkEntry link = topology.links().get(new LinkName("eu-to-us"));
        assertThat(link.limits().rate()).contains(new ByteRate(80_000_000));
        assertThat(link.limits().maxLag()).contains(Duration.ofSeconds(30));
        assertThat(link.topics().includes("orders.tmp")).isFalse();
        FailoverPolicy policy = topology.failover().get(new PolicyName("shop-primary"));
        assertThat(policy.refuseIf().lagOver()).contains(Duration.ofSeconds(10));
        assertThat(topology.later().users()).containsKeys("checkout", "billing");
    }

    @Test
    void sectionsWithoutModuleAreNamedWithTheirPlace() {
        TopologyFile.Valid file = valid(Resource.text("full-example.yaml"));

        assertThat(file.refusals())
                .filteredOn(note -> note.code().equals(Rule.SECTION_NOT_YET.code()))
                .extracting(note -> note.where().path(), note -> note.where().position())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("stretch", "tombolo.yaml:22:1"),
                        org.assertj.core.groups.Tuple.tuple("mirrors", "tombolo.yaml:38:1"),
                        org.assertj.core.groups.Tuple.tuple("users", "tombolo.yaml:51:1"));
    }

    @Test
    void whatWouldBeUnsafeToIgnoreIsRefusedAndTheRestIsOnlySaid() {
        TopologyFile.Valid file = valid(Resource.text("full-example.yaml"));

        assertThat(file.refusals())
                .extracting(note -> note.where().path())
                .containsExactly(
                        "regions.eu.kafka",
                        "regions.eu.storage.tier",
                        "regions.us.kafka",
                        "regions.us.storage.tier",
                        "regions.legacy.client",
                        "stretch",
                        "mirrors",
                        "users");
        assertThat(file.reservations())
                .extracting(note -> note.where().path())
                .containsExactly("links.eu-to-us.sync.acls", "links.eu-to-us.reverse");
    }

    @Test
    void automaticFailoverIsRefused() {
        TopologyFile.Valid file =
                valid(
                        Resource.text("smallest-useful.yaml")
                                + "failover: { p: { follows: eu-to-us, automatic: { after: 90s,"
                                + " witnesses: \"1 of [us]\" } } }\n");

        assertThat(file.refusals())
                .extracting(note -> note.where().path())
                .containsExactly("failover.p.automatic");
        assertThat(file.topology().failover().get(new PolicyName("p")).automatic())
                .isEqualTo(
                        new FailoverPolicy.Automatic.After(
                                Duration.ofSeconds(90), 1, List.of("us")));
    }

    @Test
    void brokersWithoutNumberInTheirAddressListenOnSuccessivePorts() {
        TopologyFile.Valid file =
                valid("tombolo: 1\nregions: { eu: { brokers: 3, kafka: \"127.0.0.1:7000\" } }\n");

        assertThat(file.topology().hosted(EU).orElseThrow().brokers())
                .extracting(broker -> broker.kafka().port(), broker -> broker.id().value())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(7000, 1),
                        org.assertj.core.groups.Tuple.tuple(7001, 2),
                        org.assertj.core.groups.Tuple.tuple(7002, 3));
    }

    @Test
    void defaultPortsOfSixtyFourRegionsWithAHundredBrokersNeverClash() {
        var text = new StringBuilder("tombolo: 1\nregions:\n");
        IntStream.range(0, 64)
                .forEach(index -> text.append("  r%d: { brokers: 100 }\n".formatted(index)));

        TopologyFile.Valid file = valid(text.toString());

        assertThat(
                        file.topology().hostedRegions().stream()
                                .flatMap(region -> region.brokers().stream())
                                .map(Region.Broker::id))
                .hasSize(6400)
                .doesNotHaveDuplicates();
    }

    @Test
    void theRegistryListensWhereBrokersTalkToEachOtherUnlessTheFileSaysOtherwise() {
        Topology topology =
                valid(
                                """
                                tombolo: 1
                                regions:
                                  eu: { brokers: 2, internal: "127.0.0.{n}:26000" }
                                  us: { brokers: 2, registry: "127.0.1.{n}:6000" }
                                """)
                        .topology();

        assertThat(registryOf(topology, EU)).isEqualTo(new Endpoint("127.0.0.2", 5702));
        assertThat(registryOf(topology, US)).isEqualTo(new Endpoint("127.0.1.2", 6000));
        assertThat(topology.sharesRegistry(topology.hosted(EU).orElseThrow())).isTrue();
        Topology alone = valid("tombolo: 1\nregions: { eu: { brokers: 2 } }\n").topology();
        assertThat(alone.sharesRegistry(alone.hosted(EU).orElseThrow())).isFalse();
    }

    private static String refusal(String text) {
        return TopologyFile.parse("world.yaml", text) instanceof TopologyFile.Invalid invalid
                ? invalid.toString()
                : "";
    }

    private static Endpoint registryOf(Topology topology, RegionId region) {
        return topology.hosted(region).orElseThrow().broker(2).orElseThrow().listeners().registry();
    }

    @Test
    void theRegistryIsAListenerLikeTheOthersWhereItIsOpened() {
        String text = "tombolo: 1\nregions:\n  eu: { brokers: 2, registry: \"%s\" }\n%s";

        assertThat(refusal(text.formatted("127.0.0.1:8081", "  us: {}\n"))).contains("TMB-1202");
        assertThat(refusal(text.formatted("10.0.0.1:6000", "  us: {}\n")))
                .contains("10.0.0.1:6000 would be open", "registry: 127.0.0.1:6000");
        valid(text.formatted("127.0.0.1:8081", ""));
    }

    @Test
    void filesThatSayTheSameHaveOneFingerprint() {
        String text = "tombolo: 1\nregions: { eu: {}, us: {} }\n%s";
        String link = "links: { a: { from: eu, to: us, topics: [%s] } }\n";
        String here = valid(text.formatted(link.formatted("\"x*\""))).topology().fingerprint();

        assertThat(valid("# a comment\n" + text.formatted(link.formatted("x*"))).topology())
                .extracting(Topology::fingerprint)
                .isEqualTo(here);
        assertThat(valid(text.formatted(link.formatted("y"))).topology().fingerprint())
                .isNotEqualTo(here)
                .hasSize(12);
    }

    @Test
    void appendingARegionLeavesIdsAndProducerIdsOfTheOthers() {
        Topology two = valid("tombolo: 1\nregions: { eu: {}, us: {} }\n").topology();
        Topology three = valid("tombolo: 1\nregions: { eu: {}, us: {}, ap: {} }\n").topology();

        assertThat(three.hosted(US)).isEqualTo(two.hosted(US));
        assertThat(three.hosted(US).orElseThrow().producerIds().first()).isEqualTo(2L << 48);
    }

    @Test
    void aRegionMayBeCalledNo() {
        TopologyFile.Valid file = valid("tombolo: 1\nregions:\n  no:\n  on: {}\n");

        assertThat(file.topology().regions())
                .containsOnlyKeys(new RegionId("no"), new RegionId("on"));
    }

    @Test
    void kafkaConfigsKeepTheirNamesAndMayCarryUnits() {
        TopologyFile.Valid file =
                valid(
                        """
                        tombolo: 1
                        regions:
                          eu:
                            config:
                              log.segment.bytes: 64MiB
                              log.retention.hours: 7d
                              log.cleanup.policy: [compact, delete]
                              auto.create.topics.enable: FALSE
                        """);

        assertThat(file.topology().hosted(EU).orElseThrow().config())
                .containsEntry("log.segment.bytes", "67108864")
                .containsEntry("log.retention.hours", "168")
                .containsEntry("log.cleanup.policy", "compact,delete")
                .containsEntry("auto.create.topics.enable", "false");
    }

    @Test
    void aPlaintextListenerOnTheNetworkIsAllowedWhenAskedFor() {
        TopologyFile.Valid file =
                valid(
                        "tombolo: 1\n"
                                + "regions: { eu: { kafka: \"0.0.0.0:9092\", allowInsecure: true }"
                                + " }\n");

        assertThat(file.refusals()).isEmpty();
        assertThat(file.warnings())
                .extracting(Violation::code)
                .containsExactly(Rule.WILDCARD_ADDRESS.code());
    }

    @Test
    void aHostNameThatIsNotLoopbackIsRefusedAtStartUnlessAllowed() {
        String text = "tombolo: 1\nregions: { eu: { kafka: \"broker.internal:9092\"%s } }\n";

        assertThat(valid(text.formatted("")).refusals())
                .extracting(Violation::code)
                .containsExactly(Rule.PLAINTEXT.code());
        assertThat(valid(text.formatted(", allowInsecure: true")).refusals()).isEmpty();
        assertThat(valid(text.formatted("").replace("broker.internal", "localhost")).refusals())
                .isEmpty();
    }

    @Test
    void linksWithDisjointTopicsMayMeet() {
        TopologyFile.Valid file =
                valid(
                        """
                        tombolo: 1
                        regions: { a: {}, b: {}, c: {} }
                        links:
                          ac: { from: a, to: c, topics: ["*", "!b.*", "!c.*"] }
                          bc: { from: b, to: c, topics: ["b.*"] }
                          cb: { from: c, to: b, topics: ["c.*"] }
                        """);

        assertThat(file.topology().linksInto(new RegionId("c"))).hasSize(2);
    }

    @Test
    void whereAValueStandsCanBeAskedFor() {
        TopologyFile.Valid file = valid(Resource.text("full-example.yaml"));

        assertThat(file.where("failover.shop-primary.refuseIf").orElseThrow().position())
                .isEqualTo("tombolo.yaml:67:5");
        assertThat(file.where("regions.us.config")).isEmpty();
    }

    @Test
    void minInSyncReplicasThatCannotBeReachedAreWarnedOf() {
        TopologyFile.Valid file =
                valid(
                        "tombolo: 1\n"
                            + "regions: { eu: {} }\n"
                            + "topics: { t: { in: eu, config: { min.insync.replicas: 2 } } }\n");

        assertThat(file.warnings())
                .extracting(Violation::code)
                .containsExactly(Rule.UNREACHABLE_MIN_ISR.code());
    }

    @Test
    void aFileWithoutRegionsIsValidAndStartsNothing() {
        TopologyFile.Valid file = valid("tombolo: 1\nregions: {}\n");

        assertThat(file.topology().regions()).isEmpty();
        assertThat(file.warnings())
                .extracting(Violation::code)
                .containsExactly(Rule.NOTHING_TO_START.code());
    }

    private static TopologyFile.Valid valid(String text) {
        return switch (TopologyFile.parse("tombolo.yaml", text)) {
            case TopologyFile.Valid valid -> valid;
            case TopologyFile.Invalid invalid ->
                    throw new AssertionError(ViolationText.render(invalid.violations()));
        };
    }
}
