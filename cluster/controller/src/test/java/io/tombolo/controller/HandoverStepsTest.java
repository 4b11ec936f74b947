package io.tombolo.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.controller.command.HandoverCommand;
import io.tombolo.controller.command.HandoverCommand.FencePartitions;
import io.tombolo.controller.command.HandoverCommand.Fenced;
import io.tombolo.controller.command.HandoverCommand.HandOver;
import io.tombolo.controller.command.LinkCommand.DefineLink;
import io.tombolo.controller.command.RegionCommand.ClaimOwnership;
import io.tombolo.metadata.image.Handovers;
import io.tombolo.metadata.record.LinkRecord.LinkDefined;
import io.tombolo.metadata.record.PartitionId;
import io.tombolo.metadata.record.RegionRecord.Audited;
import io.tombolo.region.DomainName;
import io.tombolo.region.LinkName;
import io.tombolo.region.RegionId;
import io.tombolo.region.ownership.Lineage.PartitionEnd;
import io.tombolo.region.ownership.Ownership;
import io.tombolo.region.ownership.Ownership.Mode;

import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** A topic of two partitions that eu owns and hands over to us; another one that no link copies. */
class HandoverStepsTest {

    private static final LinkName LINK = new LinkName("eu-to-us");
    private static final DomainName DOMAIN = new DomainName(LINK.name());
    private static final RegionId EU = new RegionId("eu");
    private static final RegionId US = new RegionId("us");
    private static final PartitionEnd AT_7 = new PartitionEnd(7, 0, 1234);
    private static final PartitionEnd AT_9 = new PartitionEnd(9, 0, 77);

    private final Region region = Region.withBrokers(1);
    private Uuid orders = Uuid.ZERO_UUID;

    @BeforeEach
    void aHandoverThatHasBegun() {
        region.done(
                new DefineLink(
                        new LinkDefined(
                                LINK,
                                new Uuid(7, 7),
                                EU,
                                US,
                                new TreeMap<>(Map.of("topics", "orders*")))));
        region.done(claim(EU, 0, Mode.STEADY));
        orders = region.create("orders", 2, 1);
        region.create("local", 1, 1);
        region.done(claim(EU, 1, Mode.HANDOVER));
    }

    @Test
    void nobodyWritesDuringAHandover() {
        assertThat(region.image().fencing("orders")).isPresent();
        assertThat(region.image().fencing("local")).isEmpty();
    }

    @Test
    void onlyTheOwnerHandsOverAndOnlyOnce() {
        assertThat(region.refused(claim(EU, 2, Mode.HANDOVER)).message())
                .contains("eu cannot hand over", "HANDOVER since epoch 2");
        assertThat(region.refused(claim(US, 2, Mode.HANDOVER)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
    }

    @Test
    void theOtherRegionGetsItOnceItHasEverything() {
        fence(0, 0, AT_7);
        assertThat(region.refused(handOver(2, AT_7, AT_9)).message()).contains("orders-1");
        fence(1, 0, AT_9);
        assertThat(region.refused(handOver(2, AT_7, AT_7)).message())
                .contains("copies", "orders-1")
                .doesNotContain("orders-0");
        assertThat(region.refused(new HandOver(DOMAIN, US, 2, new TreeMap<>(), "x")).message())
                .contains("orders-0, orders-1");

        region.done(handOver(2, AT_7, AT_9));

        Ownership now = region.image().region().ownershipOf(DOMAIN).orElseThrow().ownership();
        assertThat(now.owner()).isEqualTo(US);
        assertThat(now.epoch()).isEqualTo(3);
        assertThat(now.mode()).isEqualTo(Mode.STEADY);
        assertThat(now.tookFrom(EU, "orders")).isTrue();
        assertThat(region.image().region().handovers().fencesOf(DOMAIN)).isEmpty();
        assertThat(region.image().fencing("orders")).isPresent();
        region.done(handOver(2, AT_7, AT_9));
        assertThat(region.last().batches()).isEmpty();
    }

    @Test
    void whatWasTakenBackIsNotHandedOverLater() {
        fence(0, 0, AT_7);
        fence(1, 0, AT_9);

        region.done(claim(EU, 2, Mode.STEADY));

        assertThat(region.image().fencing("orders")).isEmpty();
        assertThat(region.refused(handOver(2, AT_7, AT_9)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.refused(handOver(3, AT_7, AT_9)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.image().region().ownershipOf(DOMAIN).orElseThrow().ownership().takeover())
                .isEmpty();
    }

    @Test
    void whatWasHandedOverIsNotTakenBack() {
        fence(0, 0, AT_7);
        fence(1, 0, AT_9);
        region.done(handOver(2, AT_7, AT_9));

        assertThat(region.refused(claim(EU, 2, Mode.STEADY)).error())
                .isEqualTo(Errors.INVALID_UPDATE_VERSION);
    }

    @Test
    void aFenceOfAnEarlierHandoverIsForgotten() {
        fence(0, 0, AT_7);
        fence(1, 0, AT_9);
        region.done(claim(EU, 2, Mode.STEADY));
        region.done(claim(EU, 3, Mode.HANDOVER));

        assertThat(region.refused(fenceOf(2, 0, 0, AT_7)).error())
                .isEqualTo(Errors.INVALID_REQUEST);
        assertThat(region.refused(handOver(4, AT_7, AT_9)).message()).contains("may still grow");
    }

    @Test
    void whoDoesNotLeadAnyMoreFencesNothing() {
        fence(0, 5, AT_7);

        assertThat(region.image().region().handovers().fencesOf(DOMAIN)).isEmpty();
    }

    @Test
    void topicsAreNeitherMadeNorDeletedNorGrownMeanwhile() {
        assertThat(region.image().fencing("orders.new")).isPresent();
    }

    @Test
    void aStrangerGetsNothing() {
        fence(0, 0, AT_7);
        fence(1, 0, AT_9);

        assertThat(
                        region.refused(
                                        new HandOver(
                                                DOMAIN,
                                                new RegionId("ap"),
                                                2,
                                                ends(AT_7, AT_9),
                                                ""))
                                .message())
                .contains("ap is not the other end");
    }

    @Test
    void theHistoryIsBounded() {
        for (int i = 0; i < Handovers.HISTORY_MAX + 3; i++) {
            region.done(
                    new HandoverCommand.Audit(
                            new Audited(i, DOMAIN, "failover", US, 1, 2, "ops", "done")));
        }

        var history = region.image().region().handovers().history();
        assertThat(history).hasSize(Handovers.HISTORY_MAX);
        assertThat(history.getFirst().atMs()).isEqualTo(3);
    }

    private static ClaimOwnership claim(RegionId owner, long expected, Mode mode) {
        return new ClaimOwnership(DOMAIN, owner, expected, mode, "test");
    }

    private void fence(int index, int leaderEpoch, PartitionEnd end) {
        region.done(fenceOf(2, index, leaderEpoch, end));
    }

    private FencePartitions fenceOf(long epoch, int index, int leaderEpoch, PartitionEnd end) {
        return new FencePartitions(
                DOMAIN,
                epoch,
                new TreeMap<>(
                        Map.of(new PartitionId(orders, index), new Fenced(leaderEpoch, end))));
    }

    private HandOver handOver(long epoch, PartitionEnd first, PartitionEnd second) {
        return new HandOver(DOMAIN, US, epoch, ends(first, second), "planned");
    }

    private SortedMap<PartitionId, PartitionEnd> ends(PartitionEnd first, PartitionEnd second) {
        return new TreeMap<>(
                Map.of(new PartitionId(orders, 0), first, new PartitionId(orders, 1), second));
    }
}
