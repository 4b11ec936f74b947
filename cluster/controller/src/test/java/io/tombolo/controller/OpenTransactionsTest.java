package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.LinkCommand.AbortMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Aborting;
import io.tombolo.controller.command.LinkCommand.BeginPromotion;
import io.tombolo.controller.command.LinkCommand.CompareMirrorTransactions;
import io.tombolo.controller.command.LinkCommand.Compared;
import io.tombolo.controller.command.LinkCommand.CompletePromotion;
import io.tombolo.controller.command.LinkCommand.CreateMirrorTopic;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.LinkCommand.SettleMirrorPartitions;
import io.tombolo.controller.command.LinkCommand.Settled;
import io.tombolo.controller.command.RegionCommand;
import io.tombolo.metadata.image.MetadataImage.Writability;
import io.tombolo.metadata.image.Promotion;
import io.tombolo.metadata.record.LinkRecord.CopyEnd;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions;
import io.tombolo.metadata.record.LinkRecord.OpenTransactions.OpenTransaction;
import io.tombolo.metadata.record.LinkRecord.TornTransaction;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Ownership;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a promotion does with transactions that have not ended in the copy. */
class OpenTransactionsTest {

    private static final LinkName LINK = new LinkName("us-to-eu");
    private static final Uuid TOPIC = new Uuid(44, 44);
    private static final OpenTransaction FIRST = new OpenTransaction(7, 0, 5, 3);
    private static final OpenTransaction SECOND = new OpenTransaction(8, 1, 9, 1);
    private static final TornTransaction TORN = new TornTransaction(7, 0, 40, 45);

    private final Region region = Region.withBrokers(1);

    @BeforeEach
    void aMirrorThatIsTakenOver() {
        region.done(
                new DefineLink(
                        new LinkDefined(
                                LINK,
                                new Uuid(7, 7),
                                new RegionId("us"),
                                new RegionId("eu"),
                                new TreeMap<>(Map.of(LinkDefined.TOPICS, "*")))));
        region.done(new CreateMirrorTopic(LINK, "orders", TOPIC, 2, new TreeMap<>()));
        region.done(
                new RegionCommand.ClaimOwnership(
                        new DomainName(LINK.name()),
                        new RegionId("eu"),
                        0,
                        Ownership.Mode.FORCED,
                        "test"));
        region.done(new BeginPromotion(LINK, "test"));
    }

    @Test
    void onlyThePartitionWithOpenTransactionsHoldsWrites() {
        settle(0, true, FIRST);
        settle(1, true);

        assertThat(region.image().writability(TOPIC)).isEqualTo(Writability.WRITABLE);
        assertThat(promotion().holdsWrites(0)).isTrue();
        assertThat(promotion().holdsWrites(1)).isFalse();
        assertThat(promotion().toAbort(1)).isEmpty();
    }

    @Test
    void onceTheyAreAbortedWritesGoOnAndTheyStayKnown() {
        settle(0, true, FIRST);
        settle(1, true);

        abort(0, true);

        assertThat(promotion().holdsWrites(0)).isFalse();
        assertThat(promotion().unaborted()).isFalse();
        assertThat(promotion().transactions().get(0))
                .isEqualTo(OpenTransactions.of(List.of(FIRST)));
        abort(0, true);
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void aLeaderOfAnotherEpochAbortsNothing() {
        settle(0, true, FIRST);
        settle(1, true);
        var deposed = new Aborting(epoch(0) - 1, OpenTransactions.NONE, true);

        region.done(new AbortMirrorTransactions(LINK, 1, new TreeMap<>(Map.of(id(0), deposed))));

        assertThat(promotion().holdsWrites(0)).isTrue();
    }

    @Test
    void nothingIsAbortedBeforeAllLeaderEpochsAreAboveTheMirroredOnes() {
        settle(0, true, FIRST);

        abort(0, true);

        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void whatALaterLeaderFindsBesidesIsKeptWithTheRest() {
        settle(0, false, FIRST);
        settle(1, true);

        abort(0, false, SECOND);

        assertThat(promotion().transactions().get(0))
                .isEqualTo(OpenTransactions.of(List.of(FIRST, SECOND)));
        assertThat(promotion().holdsWrites(0)).isTrue();
    }

    @Test
    void aCopyThatMayLoseItsTailIsLookedAtAgainAndTakesWrites() {
        settle(0, false);
        settle(1, true);

        assertThat(promotion().holdsWrites(0)).isFalse();
        assertThat(promotion().toAbort(0)).contains(OpenTransactions.NONE);
        abort(0, true);
        assertThat(promotion().transactions()).isEmpty();
    }

    @Test
    void aPartitionThatWasLeftBehindHoldsWritesUntilItsLeaderHasLooked() {
        settle(0, true);

        region.done(new CompletePromotion(LINK, 1));

        assertThat(promotion().holdsWrites(0)).isFalse();
        assertThat(promotion().holdsWrites(1)).isTrue();
        abort(1, false, SECOND);
        assertThat(promotion().holdsWrites(1)).isTrue();
        abort(1, true);
        assertThat(promotion().holdsWrites(1)).isFalse();
        assertThat(promotion().transactions().get(1))
                .isEqualTo(OpenTransactions.of(List.of(SECOND)));
    }

    @Test
    void whatEachLeaderHasFoundCommittedIsKeptOnce() {
        settle(0, true, FIRST);
        settle(1, true);

        compare(1, epoch(1), TORN);
        compare(1, epoch(1));

        assertThat(promotion().compared()).containsOnlyKeys(1).containsEntry(1, List.of(TORN));
        assertThat(region.last().batches()).isEmpty();
        compare(0, epoch(0));
        assertThat(promotion().compared()).containsEntry(0, List.of());
    }

    @Test
    void aLeaderOfAnotherEpochComparesNothing() {
        settle(0, true, FIRST);
        settle(1, true);

        compare(1, epoch(1) - 1, TORN);

        assertThat(promotion().compared()).isEmpty();
    }

    @Test
    void nothingIsComparedBeforeTheTopicIsTaken() {
        settle(0, true, FIRST);

        compare(0, epoch(0), TORN);

        assertThat(promotion().compared()).isEmpty();
    }

    private void compare(int index, int leaderEpoch, TornTransaction... torn) {
        var compared = new Compared(leaderEpoch, List.of(torn));
        region.done(
                new CompareMirrorTransactions(LINK, 1, new TreeMap<>(Map.of(id(index), compared))));
    }

    private Promotion promotion() {
        return region.image().links().mirrorTopic(TOPIC).orElseThrow().promotion();
    }

    private void settle(int index, boolean complete, OpenTransaction... open) {
        var settled =
                new Settled(
                        epoch(index),
                        new CopyEnd(100, 4, 0, complete),
                        OpenTransactions.of(List.of(open)));
        region.done(new SettleMirrorPartitions(LINK, 1, new TreeMap<>(Map.of(id(index), settled))));
    }

    private void abort(int index, boolean done, OpenTransaction... found) {
        var step = new Aborting(epoch(index), OpenTransactions.of(List.of(found)), done);
        region.done(new AbortMirrorTransactions(LINK, 1, new TreeMap<>(Map.of(id(index), step))));
    }

    private int epoch(int index) {
        return region.partition(TOPIC, index).leaderEpoch();
    }

    private static PartitionId id(int index) {
        return new PartitionId(TOPIC, index);
    }
}
