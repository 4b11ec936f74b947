package io.tombolo.region.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.plan.Change.SetLink;
import io.tombolo.region.plan.Plan.Finding;
import io.tombolo.region.plan.Plan.Kind;
import io.tombolo.region.plan.World.Condition;
import io.tombolo.region.topology.LinkEntry.Ends;
import io.tombolo.region.topology.Topology;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/** What becomes of each difference between the links of a file and those of the world. */
class LinkPlannerTest {

    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final LinkName NAME = new LinkName("eu-to-us");
    private static final String REGIONS = "tombolo: 1\nregions: { eu: {}, us: {}, ap: {} }\n";
    private static final String FILE =
            REGIONS
                    + """
                    links: { eu-to-us: { from: eu, to: us, topics: [\"*\"] } }
                    failover: { shop: { follows: eu-to-us } }
                    """;
    private static final World.Link LINK = PlannerTest.link(PlannerTest.topology(FILE));

    @Test
    void aLinkIsMadeInBothItsRegionsTogetherWithItsPolicies() {
        Plan plan = plan(FILE, Declared.NOTHING, world(Map.of(), Map.of()));

        assertThat(plan.changes())
                .containsExactly(
                        new SetLink(EU, NAME, LINK.ends(), Optional.empty(), settings(LINK)),
                        new SetLink(US, NAME, LINK.ends(), Optional.empty(), settings(LINK)));
        assertThat(LINK.settings()).containsKey("failover.shop.moves");
    }

    @Test
    void aLinkThatIsAsTheFileSaysIsNotTouched() {
        assertThat(plan(FILE, Declared.NOTHING, both(LINK)).fulfilled()).isTrue();
    }

    @Test
    void everySettingIsChangedWhileTheLinkRuns() {
        String other =
                FILE.replace("topics: [\"*\"]", "topics: [\"*\", \"!tmp\"], sync: { offsets: 5s }")
                        .replace(
                                "follows: eu-to-us",
                                "follows: eu-to-us, refuseIf: { lagOver: 1s }");

        Plan plan = plan(other, Declared.NOTHING, both(LINK));

        assertThat(plan.changes())
                .hasSize(2)
                .allSatisfy(change ->
                        assertThat(((SetLink) change).fields())
                                .containsExactly(
                                        "failover.shop.refuseIf.lagOver",
                                        "sync.offsets",
                                        "topics"));
    }

    @Test
    void aLinkIsRemovedOnlyWhereAllowedAndItIsSaidWhatItsMirrorsBecome() {
        World world = both(LINK, mirror());
        Declared before = Declared.by(PlannerTest.topology(FILE));

        Plan off = plan(REGIONS, before, world);
        Plan on =
                Planner.plan(PlannerTest.topology(REGIONS), before, world, Set.of("link:eu-to-us"));

        assertThat(off.changes()).isEmpty();
        assertThat(off.findings())
                .filteredOn(one -> one.kind() == Kind.BLOCKED)
                .extracting(Finding::fix)
                .containsOnly("add --allow-delete=link:eu-to-us");
        assertThat(off.findings().getLast().seen())
                .contains("1 topic (orders) there stay read-only until deleted");
        assertThat(on.changes())
                .hasSize(2)
                .allSatisfy(change -> assertThat(((SetLink) change).after()).isEmpty());
        assertThat(on.findings()).extracting(Finding::kind).containsOnly(Kind.WARNING);
    }

    @Test
    void aLinkThatIsNotTheFilesIsKept() {
        Plan plan = plan(REGIONS, Declared.NOTHING, both(LINK));

        assertThat(plan.fulfilled()).isTrue();
        assertThat(plan.findings()).extracting(Finding::kind).containsOnly(Kind.KEPT);
    }

    @Test
    void aPauseIsDecidedAtRunTimeAndKept() {
        World.Link paused = with(new Condition(true, false, false, Optional.of(EU)));

        Plan plan = plan(FILE, Declared.NOTHING, both(paused));

        assertThat(plan.fulfilled()).isTrue();
        assertThat(plan.findings())
                .extracting(Finding::fix)
                .containsOnly("tombolo link resume eu-to-us");
    }

    @Test
    void whatWasTakenOverKeepsItsFilter() {
        World.Link taken = with(new Condition(false, false, false, Optional.of(US)));
        String narrower = FILE.replace("topics: [\"*\"]", "topics: [\"*\", \"!tmp\"]");
        String slower = FILE.replace("to: us,", "to: us, sync: { offsets: 5s },");

        assertThat(plan(narrower, Declared.NOTHING, both(taken)).findings())
                .extracting(Finding::path)
                .containsOnly("links.eu-to-us.topics");
        assertThat(plan(slower, Declared.NOTHING, both(taken)).changes()).hasSize(2);
    }

    @Test
    void theEndsOfALinkNeverChangeNotEvenOfOneThatWasRemoved() {
        var elsewhere =
                new World.Link(
                        new Ends(EU, new RegionId("ap")), LINK.settings(), Condition.RUNNING);
        var retired =
                new World.Link(
                        elsewhere.ends(),
                        new TreeMap<>(),
                        new Condition(false, true, false, Optional.empty()));

        assertThat(plan(FILE, Declared.NOTHING, both(elsewhere)).changes()).isEmpty();
        assertThat(plan(FILE, Declared.NOTHING, both(retired)).changes()).isEmpty();
    }

    @Test
    void whatCopiesAreCalledNeverChanges() {
        String plain = REGIONS + "links: { eu-to-us: { from: eu, to: us, topics: [\"*\"] } }\n";
        String renaming = plain.replace("to: us,", "to: us, rename: \"eu.{topic}\",");
        String late = renaming.replace("to: us,", "to: us, start: latest,");
        World.Link there = PlannerTest.link(PlannerTest.topology(renaming));

        assertThat(plan(plain, Declared.NOTHING, both(there)).changes()).isEmpty();
        assertThat(plan(plain, Declared.NOTHING, both(there)).findings())
                .extracting(Finding::path)
                .containsOnly("links.eu-to-us.rename");
        assertThat(plan(late, Declared.NOTHING, both(there)).changes()).hasSize(2);
    }

    @Test
    void copiesAreKnownByTheirNames() {
        String renaming =
                REGIONS
                        + "links: { eu-to-us: { from: eu, to: us, topics: [\"*\", \"!tmp\"],"
                        + " rename: \"eu.{topic}\" } }\n";
        World.Link there = PlannerTest.link(PlannerTest.topology(renaming));
        var own = new World.Topic(1, 1, new TreeMap<>());
        World world =
                world(
                        Map.of("eu-to-us", there),
                        Map.of("eu-to-us", there),
                        new TreeMap<>(Map.of("bills", own, "orders", own, "tmp", own)),
                        new TreeMap<>(
                                Map.of(
                                        "bills",
                                        own,
                                        "eu.bills",
                                        own,
                                        "eu.orders",
                                        mirror(),
                                        "eu.tmp",
                                        mirror())));

        assertThat(plan(renaming, Declared.NOTHING, world).findings())
                .extracting(Finding::seen)
                .containsExactly(
                        "1 topic (eu.tmp) mirrored before and left out by the filter: read-only as"
                                + " they are",
                        "1 topic (eu.bills) made there and not by the link: writable, and not"
                                + " copied");
    }

    @Test
    void aRegionThatBrokersDoNotKnowIsNotLinkedToThem() {
        World.Holding narrow =
                new World.Holding(
                        1, new TreeMap<>(), new TreeMap<>(), new TreeSet<>(Set.of("us", "ap")));

        Plan plan = plan(FILE, Declared.NOTHING, new World(new TreeMap<>(Map.of("us", narrow))));

        assertThat(plan.changes()).isEmpty();
        assertThat(plan.findings())
                .extracting(Finding::seen)
                .containsExactly("the brokers of us know no region eu");
    }

    @Test
    void topicsThatAFilterLeavesOutOrCannotTakeAreNamed() {
        String narrower = FILE.replace("topics: [\"*\"]", "topics: [\"*\", \"!orders\"]");
        var own = new World.Topic(1, 1, new TreeMap<>());
        World world =
                world(
                        Map.of("eu-to-us", LINK),
                        Map.of("eu-to-us", LINK),
                        new TreeMap<>(Map.of("bills", own)),
                        new TreeMap<>(Map.of("bills", own, "orders", mirror())));

        assertThat(plan(narrower, Declared.NOTHING, world).findings())
                .extracting(Finding::seen)
                .containsExactly(
                        "1 topic (orders) mirrored before and left out by the filter: read-only as"
                                + " they are",
                        "1 topic (bills) made there and not by the link: writable, and not copied");
    }

    private static Optional<SortedMap<String, String>> settings(World.Link link) {
        return Optional.of(link.settings());
    }

    private static World.Link with(Condition condition) {
        return new World.Link(LINK.ends(), LINK.settings(), condition);
    }

    private static World.Topic mirror() {
        return new World.Topic(1, 1, new TreeMap<>(), Optional.of(NAME), Optional.empty());
    }

    private static World both(World.Link link, World.Topic... mirrors) {
        var topics = new TreeMap<String, World.Topic>();
        Stream.of(mirrors).forEach(mirror -> topics.put("orders", mirror));
        return world(Map.of("eu-to-us", link), Map.of("eu-to-us", link), new TreeMap<>(), topics);
    }

    private static World world(Map<String, World.Link> eu, Map<String, World.Link> us) {
        return world(eu, us, new TreeMap<>(), new TreeMap<>());
    }

    private static World world(
            Map<String, World.Link> eu,
            Map<String, World.Link> us,
            TreeMap<String, World.Topic> euTopics,
            TreeMap<String, World.Topic> usTopics) {
        return new World(
                new TreeMap<>(
                        Map.of(
                                "eu",
                                new World.Holding(1, euTopics, new TreeMap<>(eu), new TreeSet<>()),
                                "us",
                                new World.Holding(
                                        1, usTopics, new TreeMap<>(us), new TreeSet<>()))));
    }

    private static Plan plan(String file, Declared before, World world) {
        Topology topology = PlannerTest.topology(file);
        return Planner.plan(topology, before, world, Set.of());
    }
}
