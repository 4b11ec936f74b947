package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.BeginReturn;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.ConfirmCut;
import io.tombolo.controller.command.LinkCommand.ConfirmExport;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.Diverged;
import io.tombolo.controller.command.LinkCommand.ReportDivergence;
import io.tombolo.controller.command.LinkCommand.SetMirrorTopicState;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.controller.command.RegionCommand.ObserveOwnership;
import io.tombolo.metadata.image.Restoration;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.Divergence;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.Reign;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.link.MirrorTopic.State;
import io.tombolo.region.link.NameFilter;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Takeover;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** A topic of two partitions on brokers 1 and 2, which another region has taken over. */
class ReturnCommandsTest {

    private static final LinkName LINK = new LinkName("eu-to-us");
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final DomainName DOMAIN = new DomainName(LINK.name());

    private final Region region = Region.withBrokers(1, 2);
    private Uuid orders = Uuid.ZERO_UUID;

    @BeforeEach
    void aTopicThatWasLost() {
        region.done(
                new DefineLink(
                        new LinkDefined(
                                LINK,
                                new Uuid(7, 7),
                                EU,
                                US,
                                new TreeMap<>(Map.of("topics", "*")))));
        region.done(new ClaimOwnership(DOMAIN, EU, 0, Ownership.Mode.STEADY, "first"));
        orders = region.create("orders", 2, 2);
        own(US, 2, EU);
    }

    @Test
    void aTopicComesBackOnlyWhileAnotherRegionOwnsItUnderThatEpoch() {
        assertThat(region.refused(begin(1)).error()).isEqualTo(Errors.INVALID_REQUEST);
        own(EU, 3, US);
        assertThat(region.refused(begin(3)).error()).isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void aTopicThatComesBackIsNobodysToWrite() {
        region.done(begin(2));

        assertThat(state()).isEqualTo(State.RETURNING);
        assertThat(region.refused(set(State.MIRRORING)).error()).isEqualTo(Errors.INVALID_REQUEST);
        assertThat(
                        region.refused(
                                        new ClaimOwnership(
                                                DOMAIN, EU, 2, Ownership.Mode.FORCED, "back"))
                                .message())
                .contains("failback");
        region.done(begin(2));
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void nothingIsCutBeforeWhatWouldBeLostIsExported() {
        region.done(begin(2));
        report(0, new Divergence(4, 4, 6, 2, 80, 1, 2));
        assertThat(restoration().cuts()).isEmpty();
        report(1, new Divergence(5, 5, 5, 0, 0, -1, -1));

        assertThat(restoration().cuts()).isEmpty();

        region.done(new ConfirmExport(LINK, 2, new TreeMap<>(Map.of(id(0), "there"))));
        assertThat(restoration().cuts())
                .containsEntry(0, new Restoration.Cut(4, region.partition(orders, 0).replicas()))
                .containsEntry(1, new Restoration.Cut(5, region.partition(orders, 1).replicas()));
        assertThat(region.partition(orders, 0).leaderEpoch()).isEqualTo(1);
    }

    @Test
    void whatWasNeverFoundCannotBeExported() {
        region.done(begin(2));

        region.done(new ConfirmExport(LINK, 2, new TreeMap<>(Map.of(id(0), "there"))));

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void whoDoesNotLeadAnyMoreIsNotBelieved() {
        region.done(begin(2));
        var nothing = new Divergence(5, 5, 5, 0, 0, -1, -1);

        region.done(
                new ReportDivergence(
                        LINK, 2, new TreeMap<>(Map.of(id(0), new Diverged(7, nothing)))));

        assertThat(restoration().divergences()).isEmpty();
    }

    @Test
    void aTopicIsMirroredOnceTheLeadersHaveCutAndTheOthersDoItLater() {
        toBeCut();
        int leader = region.partition(orders, 0).leader();
        int other = 3 - leader;
        assertThat(region.partition(orders, 1).leader()).isEqualTo(other);

        cut(leader, 2, 0, 1);
        assertThat(state()).isEqualTo(State.RETURNING);
        cut(other, 2, 1);

        assertThat(state()).isEqualTo(State.MIRRORING);
        assertThat(restoration().cutFor(0, other)).contains(5L);
        cut(other, 2, 0);
        assertThat(restoration().cutFor(0, other)).isEmpty();
        assertThat(state()).isEqualTo(State.MIRRORING);
    }

    @Test
    void aCutOfAnEarlierReturnCountsForNothing() {
        toBeCut();

        cut(1, 1, 0, 1);

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void aTopicGoesBackAndForthAsOftenAsItIsTakenOver() {
        toBeCut();
        cut(1, 2, 0, 1);
        cut(2, 2, 0, 1);
        region.done(new ClaimOwnership(DOMAIN, EU, 2, Ownership.Mode.FORCED, "back"));
        Ownership owned = region.image().region().ownershipOf(DOMAIN).orElseThrow().ownership();

        assertThat(owned.tookFrom(US, "orders")).isTrue();
        assertThat(owned.tookFrom(EU, "orders")).isFalse();
        region.done(new BeginPromotion(LINK, "back"));
        assertThat(state()).isEqualTo(State.STOPPING);
    }

    /** Once, it lost whom it was waiting for, and followed with records that nobody else had. */
    @Test
    void aTopicComesBackAgainOnlyWhenAllReplicasWereCutForTheReturnBefore() {
        toBeCut();
        int away = 3 - region.partition(orders, 0).leader();
        cut(3 - away, 2, 0, 1);
        cut(away, 2, 1);
        own(EU, 3, US);
        region.done(new BeginPromotion(LINK, "back"));
        region.done(new CompletePromotion(LINK, 3));
        assertThat(state()).isEqualTo(State.STOPPED);
        own(US, 4, EU);

        assertThat(region.refused(begin(4)).message()).contains("orders").contains("away");

        cut(away, 2, 0);
        region.done(begin(4));
        assertThat(state()).isEqualTo(State.RETURNING);
    }

    @Test
    void eachChangeOfHandsAddsAReignToTheLineageOfAPartition() {
        assertThat(lineage()).isEmpty();
        toBeCut();
        cut(1, 2, 0, 1);
        cut(2, 2, 0, 1);
        own(EU, 3, US);
        region.done(new BeginPromotion(LINK, "back"));
        int leaderEpoch = region.partition(orders, 0).leaderEpoch();
        region.done(
                new SettleMirrorPartitions(
                        LINK,
                        3,
                        new TreeMap<>(
                                Map.of(
                                        id(0),
                                        new Settled(
                                                leaderEpoch,
                                                new CopyEnd(9, 4, 0, true),
                                                OpenTransactions.NONE)))));
        region.done(new CompletePromotion(LINK, 3));
        int begun = region.partition(orders, 0).leaderEpoch();

        assertThat(lineage())
                .containsExactly(
                        new Reign(Reign.FIRST, EU, 0, -1),
                        new Reign(2, US, 5, -1),
                        new Reign(3, EU, 9, begun));
        assertThat(region.image().links().lineageOf(id(1)).getLast().startOffset())
                .describedAs("nobody told where the copy of the other partition ended")
                .isEqualTo(-1);
    }

    private List<Reign> lineage() {
        return region.image().links().lineageOf(id(0));
    }

    private void toBeCut() {
        region.done(begin(2));
        var nothing = new Divergence(5, 5, 5, 0, 0, -1, -1);
        report(0, nothing);
        report(1, nothing);
        assertThat(restoration().cuts()).hasSize(2);
    }

    private void own(RegionId owner, long epoch, RegionId from) {
        var taken = new Takeover(from, NameFilter.of("*"));
        region.done(
                new ObserveOwnership(
                        List.of(
                                new Ownership(
                                        DOMAIN,
                                        owner,
                                        epoch,
                                        Ownership.Mode.FORCED,
                                        Optional.of(taken))),
                        "test"));
    }

    private BeginReturn begin(long epoch) {
        var end = new CopyEnd(5, 0, -1, true);
        return new BeginReturn(
                LINK, epoch, new TreeMap<>(Map.of(orders, new TreeMap<>(Map.of(0, end, 1, end)))));
    }

    private void report(int index, Divergence divergence) {
        int leaderEpoch = region.partition(orders, index).leaderEpoch();
        region.done(
                new ReportDivergence(
                        LINK,
                        2,
                        new TreeMap<>(Map.of(id(index), new Diverged(leaderEpoch, divergence)))));
    }

    private void cut(int broker, long epoch, int... partitions) {
        var ids = new TreeSet<PartitionId>();
        for (int index : partitions) {
            ids.add(id(index));
        }
        region.done(new ConfirmCut(LINK, epoch, broker, ids));
    }

    private SetMirrorTopicState set(State state) {
        return new SetMirrorTopicState(LINK, "orders", state, "");
    }

    private PartitionId id(int index) {
        return new PartitionId(orders, index);
    }

    private State state() {
        return region.image().links().mirrorTopic(orders).orElseThrow().state();
    }

    private Restoration restoration() {
        return region.image().links().mirrorTopic(orders).orElseThrow().restoration();
    }
}
