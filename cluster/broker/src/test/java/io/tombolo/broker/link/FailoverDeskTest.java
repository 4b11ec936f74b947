package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;
import static io.tombolo.broker.link.LinkedRegions.EU_1;
import static io.tombolo.broker.link.LinkedRegions.PARTITIONS;
import static io.tombolo.broker.link.LinkedRegions.RECORDS;
import static io.tombolo.broker.link.LinkedRegions.US_1;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.metadata.image.MetadataImage.Writability;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.OwnershipRecord;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What speaks for and against a failover of {@code eu} to {@code us}, and what comes of it. */
class FailoverDeskTest {

    private static final PolicyName POLICY = new PolicyName(LINK.name());
    private static final PolicyName CAREFUL = new PolicyName("careful");
    private static final Duration STEP = Duration.ofMillis(20);

    /** What the metadata of {@code us} say of the topics. */
    private record Standing(long ownershipEpoch, MirrorTopic.State mirror) {}

    @Test
    void aSilentSourceAndACompleteCopyLeaveNoObjection() {
        LinkedRegions regions = LinkedRegions.mirroring(1);

        regions.loseSource();

        FailoverPreview preview = regions.preview(US_1, POLICY);
        assertThat(preview.ready()).isTrue();
        assertThat(preview.source().reachable()).isFalse();
        assertThat(preview.ownershipEpoch()).isEqualTo(1);
        assertThat(preview.risk().lag().records()).isZero();
    }

    @Test
    void aSourceThatWasHeardOfLatelyIsAnObjectionThatForceOverrules() {
        LinkedRegions regions = LinkedRegions.mirroring(1);

        FailoverReport refused = regions.failOver(US_1, false);

        assertThat(refused).isInstanceOf(FailoverReport.Refused.class);
        assertThat(codes(regions, POLICY)).containsExactly("TMB-4012");
        assertThat(epoch(regions)).isEqualTo(1);

        assertThat(regions.failOver(US_1, true)).isInstanceOf(FailoverReport.Done.class);
        assertThat(epoch(regions)).isEqualTo(2);
    }

    /** Once, two regions that copied from one took the same topics over, and both knew of it. */
    @Test
    void whatAnotherRegionHasTakenOverFromTheSameSourceIsNotTakenOverEvenByForce() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        var taken =
                new Ownership(
                        new DomainName("eu-to-ap"), new RegionId("ap"), 2, Ownership.Mode.FORCED);

        regions.submit(
                US_1,
                new RegionCommand.ObserveOwnership(
                        List.of(taken.with(Takeover.of(EU, "*"))), "a test"));

        assertThat(codes(regions, POLICY)).containsExactly("TMB-4015");
        assertThat(regions.preview(US_1, POLICY).objections().getFirst().fix())
                .isEqualTo(
                        "use the topics in ap; for a copy of them, write a link ap → us in place of"
                            + " eu-to-us, start the regions again, and delete the old copies in us,"
                            + " which tombolo link describe names");
        assertThat(regions.failOver(US_1, true)).isInstanceOf(FailoverReport.Refused.class);
        assertThat(epoch(regions)).isEqualTo(1);
        var status = regions.ask(US_1, core -> core.failover().regionStatus(List.of()).of(LINK));
        assertThat(status.orElseThrow().state()).isEqualTo(LinkStatus.State.FAILED);
        assertThat(status.orElseThrow().lag().ms()).isEqualTo(-1);
        assertThat(status.orElseThrow().trouble().orElseThrow().reason().toString())
                .startsWith("OWNERSHIP_STALE: region ap has taken the source's topics over");
    }

    @Test
    void aLinkThatNeverRanCannotFailOverEvenByForce() {
        var regions = new LinkedRegions(1);
        regions.start(US);
        regions.run(
                "us has its link",
                () -> regions.hasCore(US_1) && regions.image(US_1).links().link(LINK).isPresent());
        regions.submit(US_1, new LinkCommand.DefineLink(unowned()));

        assertThat(codes(regions, new PolicyName("unowned"))).containsExactly("TMB-4011");
    }

    /** Nobody knows whose its topics are, so it does not run. */
    private static LinkDefined unowned() {
        return new LinkDefined(
                new LinkName("unowned"),
                new Uuid(5, 5),
                EU,
                US,
                new TreeMap<>(Map.of(LinkDefined.TOPICS, "bills")));
    }

    @Test
    void aRegionThatOwnsTheTopicsHasNothingToDo() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        regions.failOver(US_1, false);

        assertThat(codes(regions, POLICY)).containsExactly("TMB-4010");
        assertThat(regions.failOver(US_1, true)).isInstanceOf(FailoverReport.Refused.class);
        assertThat(epoch(regions)).isEqualTo(2);
    }

    @Test
    void aMirrorThatTheFilterLeavesOutByNowStaysOneAndIsNamed() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.copyInstead("*,!orders", EU_1, US_1);
        regions.loseSource();

        FailoverPreview preview = regions.preview(US_1, POLICY);
        FailoverReport report = regions.failOver(US_1, true);
        regions.runFor(Duration.ofSeconds(10));

        assertThat(preview.leftOut()).containsExactly("orders");
        assertThat(preview.risk().lossBound().records()).isZero();
        assertThat(report)
                .isInstanceOfSatisfying(
                        FailoverReport.Done.class,
                        done -> {
                            assertThat(done.outcome().partitions()).isEmpty();
                            assertThat(done.steps().toString())
                                    .contains("orders: left out by the link's filter");
                        });
        assertThat(epoch(regions)).isEqualTo(2);
        assertThat(regions.writable()).isFalse();
        assertThat(regions.mirrorState()).contains(MirrorTopic.State.MIRRORING);
        assertThat(codes(regions, POLICY)).containsExactly("TMB-4010");
    }

    /** Once, both regions took writes to it then. */
    @Test
    void whatWasTakenOverStaysFencedWhereTheLinkNamesItNoMore() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        regions.failOver(US_1, false);
        regions.simulator.afterEachEvent(() -> assertThat(regions.takesWrites(EU_1)).isFalse());

        regions.restart(EU_1);
        regions.run("eu is back", () -> regions.hasCore(EU_1));
        regions.copyInstead("bills", EU_1, US_1);
        regions.runFor(Duration.ofSeconds(10));

        assertThat(regions.image(EU_1).fencing("orders")).isPresent();
        assertThat(regions.writable()).isTrue();
    }

    @Test
    void aTopicWhoseNameIsTakenHereIsPartOfNoNumberAndStaysAsItIs() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.createSingle(EU_1, "mine");
        regions.createSingle(US_1, "mine");
        regions.copyInstead("orders,mine", EU_1, US_1);
        regions.run("it is told", () -> !uncounted(regions).isEmpty());
        regions.loseSource();

        FailoverPreview preview = regions.preview(US_1, CAREFUL);
        FailoverReport report = regions.failOver(US_1, false);

        assertThat(preview.risk().lossBound().uncountedTopics()).containsExactly("mine");
        assertThat(preview.risk().lossBound().recordsMax()).isEqualTo(-1);
        assertThat(preview.objections())
                .singleElement()
                .satisfies(one -> assertThat(one.code()).isEqualTo("TMB-4013"))
                .satisfies(one ->
                        assertThat(one.seen()).startsWith("not known how far mine is behind"));
        assertThat(report).isInstanceOf(FailoverReport.Done.class);
        assertThat(regions.ownership().orElseThrow().cause())
                .contains("it was not known how much of mine would be lost");
        var mine = regions.image(US_1).topics().topic("mine").orElseThrow();
        assertThat(regions.image(US_1).writability(mine.id())).isEqualTo(Writability.WRITABLE);
        var status = regions.ask(US_1, core -> core.failover().regionStatus(List.of()).of(LINK));
        assertThat(status.orElseThrow().state()).isEqualTo(LinkStatus.State.STOPPED);
    }

    @Test
    void aLossOfWhichNoTopicIsCountedHasNoNumberAtAll() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.createSingle(EU_1, "mine");
        regions.createSingle(US_1, "mine");
        regions.copyInstead("mine", EU_1, US_1);
        regions.run("it is told", () -> !uncounted(regions).isEmpty());
        regions.loseSource();

        FailoverPreview preview = regions.preview(US_1, POLICY);
        regions.failOver(US_1, false);

        var bound = preview.risk().lossBound();
        assertThat(bound.uncountedTopics()).containsExactly("mine");
        assertThat(
                        List.of(
                                bound.records(),
                                bound.bytes(),
                                bound.unheardRecords(),
                                bound.recordsMax(),
                                bound.recordsPerSecond()))
                .containsOnly(-1L);
        assertThat(regions.ownership().orElseThrow().cause())
                .contains("it was not known how much of mine would be lost");
    }

    private static Set<String> uncounted(LinkedRegions regions) {
        return regions.core(US_1)
                .failover()
                .regionStatus(List.of())
                .of(LINK)
                .map(status -> status.lossBound().uncountedTopics())
                .orElseGet(Collections::emptySortedSet);
    }

    @Test
    void aCopyThatIsOlderThanThePolicyAllowsIsAnObjection() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.kill(EU_1);

        regions.runFor(Duration.ofSeconds(29));
        assertThat(codes(regions, CAREFUL)).isEmpty();
        regions.runFor(Duration.ofSeconds(2));

        assertThat(codes(regions, CAREFUL)).containsExactly("TMB-4013");
        assertThat(codes(regions, POLICY)).isEmpty();
    }

    @Test
    void anAgeThatIsNotKnownIsOlderThanAPolicyAllows() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();

        regions.restart(US_1);

        FailoverPreview preview = regions.preview(US_1, CAREFUL);
        assertThat(preview.risk().lag().ms()).isNegative();
        assertThat(codes(regions, CAREFUL)).containsExactly("TMB-4013");
    }

    @Test
    void aFailoverClaimsStopsAndPromotesInThisOrder() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        var history = new ArrayList<Standing>();
        regions.simulator.afterEachEvent(() -> note(regions, history));

        FailoverReport report = regions.failOver(US_1, false);

        assertThat(report)
                .isInstanceOfSatisfying(
                        FailoverReport.Done.class,
                        done -> assertThat(done.ownershipEpoch()).isEqualTo(2));
        assertThat(history)
                .containsExactly(
                        new Standing(1, MirrorTopic.State.MIRRORING),
                        new Standing(2, MirrorTopic.State.MIRRORING),
                        new Standing(2, MirrorTopic.State.STOPPING),
                        new Standing(2, MirrorTopic.State.STOPPED));
    }

    private static void note(LinkedRegions regions, List<Standing> history) {
        var now = new Standing(epoch(regions), regions.mirrorState().orElseThrow());
        if (history.isEmpty() || !history.getLast().equals(now)) {
            history.add(now);
        }
    }

    @Test
    void anInterruptedFailoverGoesOnAfterItsClaimAndIsReportedToWhoeverAsksLater() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        claim(regions, US_1);
        assertThat(regions.mirrorState()).contains(MirrorTopic.State.MIRRORING);

        regions.restart(US_1);
        regions.run("writable", regions::writable);
        regions.runFor(Duration.ofSeconds(1));

        FinishedFailover finished = finished(regions, US_1);
        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.RESUMED);
        assertThat(finished.endedAtMs()).isPresent();
        assertThat(finished.done().ownershipEpoch()).isEqualTo(2);
        assertThat(finished.done().steps())
                .extracting(FailoverReport.Step::name)
                .containsExactly(
                        "claim ownership", "stop mirroring", "settle the copy", "make writable");
        assertThat(finished.done().outcome().partitions()).hasSize(PARTITIONS);
    }

    @Test
    void aFailoverThatGoesOnAfterARestartWaitsForTheOffsetsOfGroups() {
        LinkedRegions regions = LinkedRegions.mirroring(3);
        String coordinator = withoutCoordinator(regions);
        String other = running(regions);
        claim(regions, other);

        regions.restart(other);
        regions.runFor(Duration.ofSeconds(60));
        assertThat(regions.writable()).isFalse();
        regions.restart(coordinator);
        regions.run("writable", regions::writable);

        assertThat(epoch(regions)).isEqualTo(2);
    }

    @Test
    void anOperatorIsToldThatOffsetsOfGroupsCannotBeReadAndMayForceItWithoutThem() {
        LinkedRegions regions = LinkedRegions.mirroring(3);
        withoutCoordinator(regions);
        String other = running(regions);

        FailoverReport waited = regions.failOver(other, false);
        boolean writable = regions.writable();
        FailoverReport forced = regions.failOver(other, true);

        assertThat(waited)
                .isInstanceOfSatisfying(
                        FailoverReport.Interrupted.class,
                        one -> assertThat(one.problem()).contains("__consumer_offsets-0"));
        assertThat(writable).isFalse();
        assertThat(forced).isInstanceOf(FailoverReport.Done.class);
        assertThat(regions.writable()).isTrue();
    }

    @Test
    void aRunThatStoppedWaitingIsFinishedInTheBackground() {
        LinkedRegions regions = LinkedRegions.mirroring(3);
        String coordinator = withoutCoordinator(regions);
        String other = running(regions);
        assertThat(regions.failOver(other, false)).isInstanceOf(FailoverReport.Interrupted.class);

        regions.restart(coordinator);
        regions.run("writable", () -> regions.writable(other));

        assertThat(regions.preview(other, POLICY).finished()).isPresent();
    }

    @Test
    void aFailoverOfAnEarlierProcessIsRememberedAndLeftAlone() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        regions.failOver(US_1, false);
        var links = regions.image(US_1).links();
        Optional<OwnershipRecord> ownership = regions.ownership();

        regions.restart(US_1);
        regions.runFor(Duration.ofSeconds(5));

        FinishedFailover finished = finished(regions, US_1);
        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.REMEMBERED);
        assertThat(finished.cause()).startsWith("a test; ");
        assertThat(finished.done().ownershipEpoch()).isEqualTo(2);
        assertThat(regions.image(US_1).links()).isEqualTo(links);
        assertThat(regions.ownership()).isEqualTo(ownership);
    }

    @Test
    void aRestartClaimsNothing() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();

        regions.restart(US_1);
        regions.runFor(Duration.ofSeconds(5));

        assertThat(epoch(regions)).isEqualTo(1);
        assertThat(regions.mirrorState()).contains(MirrorTopic.State.MIRRORING);
    }

    @Test
    void anyBrokerTellsWhereTheCopiesEnded() {
        LinkedRegions regions = LinkedRegions.mirroring(3);
        regions.loseSource();
        regions.failOver(US_1, false);
        int sourceEpoch =
                regions.image(EU_1)
                        .topics()
                        .topic("orders")
                        .orElseThrow()
                        .partitions()
                        .get(0)
                        .leaderEpoch();

        regions.run("us-2 knows", () -> regions.writable("us-2"));
        FinishedFailover finished = finished(regions, "us-2");

        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.REMEMBERED);
        assertThat(finished.done().outcome().partitions())
                .hasSize(PARTITIONS)
                .allSatisfy(one -> assertThat(one.endOffset()).isEqualTo(RECORDS))
                .allSatisfy(one -> assertThat(one.highestEpoch()).isEqualTo(sourceEpoch));
    }

    @Test
    void whatWasToldOfTheLossIsKeptWithTheOwnershipRecord() {
        LinkedRegions regions = LinkedRegions.mirroring(1);
        regions.loseSource();
        var told = regions.preview(US_1, POLICY).risk().lossBound();

        regions.failOver(US_1, false);

        assertThat(told.recordsMax()).isNotNegative();
        assertThat(regions.ownership().orElseThrow().cause())
                .startsWith(
                        ("a test; %d records were known to be missing, at most about %d more were"
                                        + " produced in ")
                                .formatted(told.records(), told.unheardRecords()));
    }

    @Test
    void theSilenceAfterWhichASourceIsGoneIsTheOneThatIsTold() {
        LinkedRegions dead = LinkedRegions.mirroring(1);
        dead.kill(EU_1);

        assertThat(goneAfterMs(dead)).isEqualTo(SourceContact.GONE_AFTER_WHEN_CUT.toMillis());
    }

    @Test
    void aStalledSourceCountsAsThereForFourSecondsOfSilence() {
        LinkedRegions stalled = LinkedRegions.mirroring(1);

        stalled.pause(EU_1);

        assertThat(goneAfterMs(stalled)).isEqualTo(SourceContact.GONE_AFTER.toMillis());
        assertThat(stalled.failOver(US_1, false)).isInstanceOf(FailoverReport.Done.class);
    }

    @Test
    void aSourceThatStalledBrieflyIsThereAllTheTime() {
        LinkedRegions regions = LinkedRegions.mirroring(1);

        for (int stall = 0; stall < 3; stall++) {
            regions.pause(EU_1);
            regions.runFor(Duration.ofSeconds(3));
            assertThat(codes(regions, POLICY)).containsExactly("TMB-4012");
            assertThat(regions.failOver(US_1, false)).isInstanceOf(FailoverReport.Refused.class);
            regions.resume(EU_1);
            regions.run(
                    "heard of again",
                    () -> regions.preview(US_1, POLICY).source().silentMs() < 500);
        }

        assertThat(epoch(regions)).isEqualTo(1);
        assertThat(regions.takesWrites(EU_1)).isTrue();
    }

    /** Watches the source until it counts as gone; whatever is told before must agree with it. */
    private static long goneAfterMs(LinkedRegions regions) {
        FailoverPreview now = regions.preview(US_1, POLICY);
        assertThat(now.ready()).isFalse();
        while (!now.ready()) {
            assertThat(now.source().silentMs()).isLessThan(now.source().goneAfterMs());
            assertThat(now.objections().getFirst().seen())
                    .contains(
                            "gone after %.1f s of silence"
                                    .formatted(now.source().goneAfterMs() / 1_000.0));
            regions.runFor(STEP);
            now = regions.preview(US_1, POLICY);
        }
        assertThat(now.source().silentMs())
                .isBetween(now.source().goneAfterMs(), SourceContact.GONE_AFTER.toMillis() + 100);
        return now.source().goneAfterMs();
    }

    /** Once, both regions took writes when only what they tell of themselves was cut off. */
    @Test
    void aSourceThatShowsNoDocumentsAnyMoreIsThereWhileTheLinkHearsOfIt() {
        LinkedRegions regions = LinkedRegions.mirroring(1);

        regions.cutRegistry();
        regions.runFor(Duration.ofSeconds(30));

        assertThat(codes(regions, POLICY)).containsExactly("TMB-4012");
        assertThat(regions.failOver(US_1, false)).isInstanceOf(FailoverReport.Refused.class);
        regions.loseSource();
        assertThat(codes(regions, POLICY)).isEmpty();
    }

    @Test
    void aSourceThatShowsNoDocumentsIsThereWhileTheLinkHearsOfIt() {
        var regions = new LinkedRegions(1);
        regions.cutRegistry();
        regions.begin();

        assertThat(codes(regions, POLICY)).containsExactly("TMB-4012");
        regions.loseSource();

        assertThat(codes(regions, POLICY)).isEmpty();
    }

    // --- situations

    /** The source is gone, and so is the only broker that has the offsets of groups. */
    private static String withoutCoordinator(LinkedRegions regions) {
        String coordinator = regions.coordinator();
        regions.kill(coordinator);
        regions.loseSource();
        regions.runFor(Duration.ofSeconds(15));
        return coordinator;
    }

    private static String running(LinkedRegions regions) {
        return regions.usHosts().stream()
                .filter(host -> regions.simulator.node(host).running())
                .findFirst()
                .orElseThrow();
    }

    /** What a failover does first; whoever did it dies before it can go on. */
    private static void claim(LinkedRegions regions, String host) {
        regions.submit(
                host,
                new RegionCommand.ClaimOwnership(
                        new DomainName(LINK.name()), US, 1, Ownership.Mode.FORCED, "a test"));
    }

    private static long epoch(LinkedRegions regions) {
        return regions.ownership().orElseThrow().epoch();
    }

    private static FinishedFailover finished(LinkedRegions regions, String host) {
        return regions.preview(host, POLICY).finished().orElseThrow();
    }

    private static List<String> codes(LinkedRegions regions, PolicyName policy) {
        return regions.preview(US_1, policy).objections().stream()
                .map(FailoverPreview.Objection::code)
                .toList();
    }
}
