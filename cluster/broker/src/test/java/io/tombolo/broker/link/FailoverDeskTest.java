package io.tombolo.broker.link;

import static io.tombolo.broker.Worlds.EU;
import static io.tombolo.broker.Worlds.LINK;
import static io.tombolo.broker.Worlds.US;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.Images;
import io.tombolo.broker.Worlds;
import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.LinkCommand;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.environment.EventLoop;
import io.tombolo.metadata.image.MetadataDelta;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.region.PolicyName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.Lag;
import io.tombolo.region.link.LinkHost;
import io.tombolo.region.link.LinkStatus;
import io.tombolo.region.link.LossBound;
import io.tombolo.region.link.MirrorLog;
import io.tombolo.region.link.MirrorTopic;
import io.tombolo.region.registry.RegionDocument;
import io.tombolo.region.registry.RegionRegistry;
import io.tombolo.region.registry.Sighting;
import io.tombolo.region.topology.Topology;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What speaks for and against a failover of {@code eu} to {@code us}. */
class FailoverDeskTest {

    private static final PolicyName POLICY = new PolicyName(LINK.name());
    private static final long LONG_AGO = Duration.ofMinutes(1).toNanos();

    private final StubLink link = new StubLink();
    private final List<Command<?>> commands = new ArrayList<>();
    private final List<FailoverReport> reports = new ArrayList<>();
    private final ManualLoop loop = new ManualLoop();
    private Optional<Long> sourceAgeNanos = Optional.of(LONG_AGO);
    private boolean groupsLoaded = true;
    private DecidingRegion region = new DecidingRegion(US, MetadataImage.EMPTY);

    @Test
    void aSilentSourceAndACompleteCopyLeaveNoObjection() {
        FailoverPreview preview = desk(mirroring()).preview(POLICY, List.of()).orElseThrow();

        assertThat(preview.ready()).isTrue();
        assertThat(preview.source().reachable()).isFalse();
        assertThat(preview.ownershipEpoch()).isEqualTo(1);
    }

    @Test
    void aSourceThatWasHeardOfLatelyIsAnObjectionThatForceOverrules() {
        heardBefore(1_000);
        FailoverDesk desk = desk(mirroring());

        assertThat(start(desk, false)).isInstanceOf(FailoverReport.Refused.class);
        assertThat(codes(desk)).containsExactly("TMB-4012");
        assertThat(commands).isEmpty();

        assertThat(start(desk, true)).isInstanceOf(FailoverReport.Done.class);
    }

    @Test
    void aLinkThatNeverRanCannotFailOverEvenByForce() {
        FailoverDesk desk = desk(Worlds.image(Worlds.link()));

        assertThat(codes(desk)).containsExactly("TMB-4011");
        assertThat(start(desk, true)).isInstanceOf(FailoverReport.Refused.class);
    }

    @Test
    void aRegionThatOwnsTheTopicsHasNothingToDo() {
        FailoverDesk desk = desk(owned(MirrorTopic.State.STOPPED));

        assertThat(codes(desk)).containsExactly("TMB-4010");
        assertThat(start(desk, true)).isInstanceOf(FailoverReport.Refused.class);
        assertThat(commands).isEmpty();
    }

    @Test
    void aCopyThatIsOlderThanThePolicyAllowsIsAnObjection() {
        link.lag = new Lag(500, 5_000, 90_000, false);
        Topology strict =
                Worlds.linked(
                        "failover:",
                        "  careful: { follows: eu-to-us, refuseIf: { lagOver: 30s } }");

        FailoverPreview preview =
                desk(strict, mirroring())
                        .preview(new PolicyName("careful"), List.of())
                        .orElseThrow();

        assertThat(preview.objections())
                .extracting(FailoverPreview.Objection::code)
                .containsExactly("TMB-4013");
        assertThat(preview.risk().lag().records()).isEqualTo(500);
    }

    @Test
    void aFailoverClaimsStopsAndPromotesInThisOrder() {
        FailoverReport report = start(desk(mirroring()), false);

        assertThat(report)
                .isInstanceOfSatisfying(
                        FailoverReport.Done.class,
                        done -> assertThat(done.ownershipEpoch()).isEqualTo(2));
        assertThat(commands)
                .hasExactlyElementsOfTypes(
                        RegionCommand.ClaimOwnership.class,
                        LinkCommand.BeginPromotion.class,
                        LinkCommand.SettleMirrorPartitions.class,
                        LinkCommand.ClampMirrorOffsets.class);
        assertThat(link.orders).hasSize(1);
        assertThat(link.orders.getFirst().ownershipEpoch()).isEqualTo(2);
    }

    @Test
    void anInterruptedFailoverGoesOnAfterItsClaim() {
        FailoverDesk desk = desk(owned(MirrorTopic.State.MIRRORING));

        assertThat(desk.preview(POLICY, List.of()).orElseThrow().ready()).isTrue();
        desk.finishWhatWasBegun();

        loop.advance(Duration.ofSeconds(1));

        assertThat(commands)
                .hasExactlyElementsOfTypes(
                        LinkCommand.BeginPromotion.class,
                        LinkCommand.SettleMirrorPartitions.class,
                        LinkCommand.ClampMirrorOffsets.class);
        assertThat(writable()).isTrue();
    }

    @Test
    void aFailoverThatGoesOnAfterARestartWaitsForTheOffsetsOfGroups() {
        groupsLoaded = false;
        FailoverDesk desk = desk(owned(MirrorTopic.State.STOPPING));

        desk.finishWhatWasBegun();
        loop.advance(Duration.ofSeconds(60));

        assertThat(writable()).isFalse();

        groupsLoaded = true;
        loop.advance(Duration.ofSeconds(2));

        assertThat(writable()).isTrue();
    }

    @Test
    void anOperatorIsToldThatOffsetsOfGroupsCannotBeReadAndMayForceItWithoutThem() {
        groupsLoaded = false;
        FailoverDesk desk = desk(mirroring());

        desk.start(desk.preview(POLICY, List.of()).orElseThrow(), false, "a test", reports::add);
        loop.advance(Duration.ofSeconds(11));

        assertThat(reports)
                .singleElement()
                .isInstanceOfSatisfying(
                        FailoverReport.Interrupted.class,
                        one -> assertThat(one.problem()).contains("still being loaded"));

        desk.start(desk.preview(POLICY, List.of()).orElseThrow(), true, "a test", reports::add);
        loop.advance(Duration.ofSeconds(11));

        assertThat(reports.getLast()).isInstanceOf(FailoverReport.Done.class);
    }

    @Test
    void aRunThatStoppedWaitingIsFinishedInTheBackground() {
        groupsLoaded = false;
        FailoverDesk desk = desk(mirroring());
        desk.start(desk.preview(POLICY, List.of()).orElseThrow(), false, "a test", reports::add);
        loop.advance(Duration.ofSeconds(11));

        groupsLoaded = true;
        loop.advance(Duration.ofSeconds(1));

        assertThat(writable()).isTrue();
        assertThat(desk.preview(POLICY, List.of()).orElseThrow().finished()).isPresent();
    }

    @Test
    void aFailoverThatGoesOnAfterARestartIsReportedToWhoeverAsksLater() {
        FailoverDesk desk = desk(owned(MirrorTopic.State.MIRRORING));

        desk.finishWhatWasBegun();
        loop.advance(Duration.ofSeconds(1));

        FinishedFailover finished =
                desk.preview(POLICY, List.of()).orElseThrow().finished().orElseThrow();
        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.RESUMED);
        assertThat(finished.endedAtMs()).isPresent();
        assertThat(finished.done().ownershipEpoch()).isEqualTo(2);
        assertThat(finished.done().steps())
                .extracting(FailoverReport.Step::name)
                .containsExactly(
                        "claim ownership", "stop mirroring", "settle the copy", "make writable");
        assertThat(finished.done().outcome().partitions()).hasSize(1);
    }

    @Test
    void aFailoverOfAnEarlierProcessIsRememberedByItsOwnershipRecord() {
        FailoverDesk desk = desk(owned(MirrorTopic.State.STOPPED));

        FinishedFailover finished =
                desk.preview(POLICY, List.of()).orElseThrow().finished().orElseThrow();

        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.REMEMBERED);
        assertThat(finished.cause()).isEqualTo("a test");
        assertThat(finished.done().ownershipEpoch()).isEqualTo(2);
    }

    @Test
    void anyBrokerTellsWhereTheCopiesEnded() {
        FailoverDesk first = desk(mirroring());
        start(first, false);
        MetadataImage after = region.image();

        FailoverPreview preview = desk(after).preview(POLICY, List.of()).orElseThrow();

        FinishedFailover finished = preview.finished().orElseThrow();
        assertThat(finished.origin()).isEqualTo(FinishedFailover.Origin.REMEMBERED);
        assertThat(finished.done().outcome().partitions())
                .singleElement()
                .satisfies(one -> assertThat(one.endOffset()).isEqualTo(10))
                .satisfies(one -> assertThat(one.highestEpoch()).isEqualTo(4));
    }

    @Test
    void whatWasToldOfTheLossIsKeptWithTheOwnershipRecord() {
        start(desk(mirroring()), false);

        assertThat(((RegionCommand.ClaimOwnership) commands.getFirst()).cause())
                .isEqualTo(
                        "a test; 3 records were known to be missing, at most about 310 more were"
                                + " produced in 1200 ms");
    }

    @Test
    void theSilenceAfterWhichASourceIsGoneIsTheOneThatIsTold() {
        for (LinkStatus.State state :
                List.of(LinkStatus.State.ACTIVE, LinkStatus.State.SOURCE_UNAVAILABLE)) {
            link.state = state;
            FailoverDesk desk = desk(mirroring());
            heardBefore(0);
            long goneAfterMs = desk.preview(POLICY, List.of()).orElseThrow().source().goneAfterMs();

            heardBefore(goneAfterMs - 1);
            FailoverPreview before = desk.preview(POLICY, List.of()).orElseThrow();
            heardBefore(goneAfterMs);
            FailoverPreview after = desk.preview(POLICY, List.of()).orElseThrow();

            assertThat(before.ready()).isFalse();
            assertThat(before.objections().getFirst().seen())
                    .contains("gone after %.1f s of silence".formatted(goneAfterMs / 1_000.0));
            assertThat(before.source().silentMs()).isEqualTo(goneAfterMs - 1);
            assertThat(after.ready()).isTrue();
        }
    }

    @Test
    void aSourceThatShowsNoDocumentsIsThereWhileTheLinkHearsOfIt() {
        sourceAgeNanos = Optional.empty();
        FailoverDesk desk = desk(mirroring());

        assertThat(codes(desk)).containsExactly("TMB-4012");

        link.lossBound = new LossBound(0, 0, 5_000, 0, 5_000, 0);

        assertThat(desk.preview(POLICY, List.of()).orElseThrow().ready()).isTrue();
    }

    @Test
    void anAgeThatIsNotKnownIsOlderThanAPolicyAllows() {
        link.lag = new Lag(0, 0, -1, true);
        Topology strict =
                Worlds.linked(
                        "failover:",
                        "  careful: { follows: eu-to-us, refuseIf: { lagOver: 30s } }");

        FailoverPreview preview =
                desk(strict, mirroring())
                        .preview(new PolicyName("careful"), List.of())
                        .orElseThrow();

        assertThat(preview.objections())
                .extracting(FailoverPreview.Objection::code)
                .containsExactly("TMB-4013");
    }

    @Test
    void whatIsFinishedIsLeftAlone() {
        desk(owned(MirrorTopic.State.STOPPED)).finishWhatWasBegun();
        desk(mirroring()).finishWhatWasBegun();

        assertThat(commands).isEmpty();
    }

    private void heardBefore(long ms) {
        sourceAgeNanos = Optional.of(Duration.ofMillis(ms).toNanos());
    }

    private static MetadataImage mirroring() {
        return Worlds.image(
                Worlds.topic("orders", 1),
                Worlds.topic("__consumer_offsets", 1),
                Worlds.link(),
                Worlds.mirror("orders", MirrorTopic.State.MIRRORING),
                Worlds.owned(EU, 1));
    }

    private static MetadataImage owned(MirrorTopic.State state) {
        return Worlds.image(
                Worlds.topic("orders", 1),
                Worlds.topic("__consumer_offsets", 1),
                Worlds.link(),
                Worlds.mirror("orders", state),
                Worlds.owned(US, 2));
    }

    private FailoverReport start(FailoverDesk desk, boolean force) {
        desk.start(desk.preview(POLICY, List.of()).orElseThrow(), force, "a test", reports::add);
        loop.advance(Duration.ofSeconds(1));
        return reports.getLast();
    }

    private static List<String> codes(FailoverDesk desk) {
        return desk.preview(POLICY, List.of()).orElseThrow().objections().stream()
                .map(FailoverPreview.Objection::code)
                .toList();
    }

    private FailoverDesk desk(MetadataImage image) {
        return desk(Worlds.linked(), image);
    }

    private FailoverDesk desk(Topology topology, MetadataImage now) {
        var place = new LinkPlace(topology, US, 1, loop);
        region = new DecidingRegion(US, now);
        Images images = Worlds.images(now);
        var links = new LinkSupervisor(place, new StubLink.Provider(link), _ -> noHost(), images);
        links.publish(MetadataDelta.between(MetadataImage.EMPTY, now));
        var takeovers = new Takeovers(place, images, links, this::decide, loop, log(), this::clamp);
        region.onChange(delta -> {
            Worlds.publish(images, delta.after());
            links.publish(delta);
            takeovers.look();
        });
        takeovers.look();
        return new FailoverDesk(
                place,
                images,
                links,
                new Board(),
                new FailoverRun.Tools(images, this::decide, loop));
    }

    private <A> void decide(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered) {
        commands.add(command);
        answered.accept(region.decide(command));
    }

    /** Every log ends at 10, in epoch 4 of the source. */
    private static MirrorLog log() {
        return new StubMirrorLog(_ -> new MirrorLog.Position(0, 10, 10, 4, 3));
    }

    private void clamp(
            int offsetsPartition,
            Map<TopicPartition, Long> ends,
            Consumer<Optional<List<LinkOffsets.Beyond>>> answer) {
        answer.accept(groupsLoaded ? Optional.of(List.of()) : Optional.empty());
    }

    private boolean writable() {
        return region.image().links().mirrorTopic(Worlds.idOf("orders")).orElseThrow().writable();
    }

    /** The link of these tests asks nothing of its broker. */
    @SuppressWarnings("NullAway")
    private static LinkHost noHost() {
        return null;
    }

    /** Saw the source when the test says. */
    private final class Board implements RegionRegistry {

        @Override
        public void publish(RegionDocument own) {}

        @Override
        public Optional<Sighting> lastSeen(RegionId region) {
            var version = new RegionDocument.Version(1, 1);
            var document = new RegionDocument(region, version, List.of(), List.of(), List.of());
            return sourceAgeNanos.map(age -> new Sighting(document, age));
        }

        @Override
        public List<Sighting> others() {
            return List.of();
        }

        @Override
        public Subscription subscribe(EventLoop loop, Consumer<RegionDocument> listener) {
            return () -> {};
        }
    }
}
