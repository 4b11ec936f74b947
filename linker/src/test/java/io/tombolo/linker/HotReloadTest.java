package io.tombolo.linker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.simulated.Simulator;
import io.tombolo.region.link.GroupOffsets.Committed;
import io.tombolo.region.link.LinkSpec;
import io.tombolo.region.link.LinkStatus.GroupStatus;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Map;

/** Settings of a link that are changed while it copies. */
class HotReloadTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Duration NEVER = Duration.ZERO;
    private static final int BATCH_RECORDS = 10;

    private final Simulator simulator = new Simulator(1);
    private final OneBrokerEach link = new OneBrokerEach(simulator);
    private final ModelSource source = link.source;
    private final ModelRegion region = link.region;

    // --- how fast it copies

    @Test
    void aLimitOfTheRateIsKept() {
        backlog(2_000);
        link.inUs(() -> region.follow(limited(20_000)));
        link.open();
        simulator.runFor(Duration.ofSeconds(5));
        long before = copiedBytes();

        simulator.runFor(Duration.ofSeconds(20));

        assertThat(copiedBytes() - before).isBetween(360_000L, 420_000L);
    }

    @Test
    void brokersShareTheLimitByTheCopiesThatTheyLead() {
        backlog(2_000);
        link.inUs(() -> region.follow(limited(20_000)));
        link.open();
        simulator.runUntil(() -> region.log.logs.size() == 2, Duration.ofSeconds(5));
        link.inUs(() -> {
            region.log.logs.values().iterator().next().lead(2, 0);
            region.publish();
        });
        simulator.runFor(Duration.ofSeconds(5));
        long before = copiedBytes();

        simulator.runFor(Duration.ofSeconds(20));

        assertThat(copiedBytes() - before).isBetween(180_000L, 210_000L);
    }

    @Test
    void aLimitThatIsChangedWhileTheLinkCopiesIsInForceAtOnce() {
        backlog(4_000);
        link.inUs(() -> region.follow(limited(10_000)));
        link.open();
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(copiedBytes()).isLessThan(120_000);
        long before = copiedBytes();

        link.inUs(() -> region.follow(limited(60_000)));
        simulator.runFor(Duration.ofSeconds(10));

        assertThat(copiedBytes() - before).isBetween(520_000L, 640_000L);
        link.inUs(() -> region.follow(limited(0)));
        assertThat(simulator.runUntil(this::isComplete, Duration.ofSeconds(10))).isTrue();
        assertThat(region.log.offences).isEmpty();
    }

    @Test
    void whatIsLiveGoesBeforeWhatCatchesUp() {
        link.open();
        ModelSource.Topic live = source.create("live", 2);
        source.produce(live, 0, 1);
        source.produce(live, 1, 1);
        simulator.runUntil(this::isComplete, Duration.ofSeconds(30));
        link.inUs(() -> region.follow(limited(20_000)));
        backlog(2_000);
        var lags = new ArrayList<Long>();
        simulator.runFor(Duration.ofSeconds(8)); // the new topic is found, and its copy begins

        for (int i = 0; i < 200; i++) {
            source.produce(live, i % 2, BATCH_RECORDS);
            simulator.runFor(Duration.ofMillis(100));
            lags.add(missing(live));
        }

        // 6 kB/s of live records never wait for the megabyte that is copied beside them.
        assertThat(lags).allSatisfy(lag -> assertThat(lag).isLessThanOrEqualTo(5 * BATCH_RECORDS));
        assertThat(missing(source.topics.get("orders"))).isGreaterThan(5_000);
    }

    // --- groups

    @Test
    void groupsAreCopiedOnceTheyShallBe() {
        aGroupIsCommittedAt(5);
        link.inUs(() -> region.follow(paced(NEVER)));
        link.open();
        simulator.runFor(Duration.ofSeconds(30));
        assertThat(position()).isEqualTo(-1);

        link.inUs(() -> region.follow(paced(Duration.ofSeconds(1))));
        simulator.runFor(Duration.ofSeconds(3));

        assertThat(position()).isEqualTo(5);
    }

    @Test
    void aShorterIntervalDoesNotWaitForTheLongOneToEnd() {
        aGroupIsCommittedAt(5);
        link.inUs(() -> region.follow(paced(Duration.ofHours(1))));
        link.open();
        simulator.runFor(Duration.ofSeconds(30));
        assertThat(position()).isEqualTo(-1);

        link.inUs(() -> region.follow(paced(Duration.ofSeconds(1))));
        simulator.runFor(Duration.ofSeconds(3));

        assertThat(position()).isEqualTo(5);
    }

    @Test
    void groupsThatAreNotCopiedAnyMoreAreNotReported() {
        aGroupIsCommittedAt(5);
        link.open();
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(region.status().groups()).extracting(GroupStatus::group).contains("billing");

        link.inUs(() -> region.follow(paced(NEVER)));
        source.commit("billing", "orders", 0, 9);
        simulator.runFor(Duration.ofSeconds(10));

        assertThat(region.status().groups()).isEmpty();
        assertThat(position()).isEqualTo(5);
    }

    @Test
    void aGroupThatTheFilterLeavesOutIsForgottenAtOnceThoughTheSourceIsAway() {
        aGroupIsCommittedAt(5);
        link.open();
        simulator.runFor(Duration.ofSeconds(10));
        simulator.node("eu1").kill();

        link.inUs(() -> region.selectGroups("*", "!billing"));
        simulator.runFor(Duration.ofSeconds(1));

        assertThat(region.status().groups()).isEmpty();
    }

    @Test
    void aRecreatedTopicDoesNotSetAGroupBackInTheCopyOfTheOldOne() {
        aGroupIsCommittedAt(9);
        link.open();
        simulator.runFor(Duration.ofSeconds(10));
        assertThat(position()).isEqualTo(9);

        source.topics.remove("orders");
        source.produce(source.create("orders", 1), 0, 3);
        source.commit("billing", "orders", 0, 2);
        simulator.runFor(Duration.ofSeconds(30));

        assertThat(position()).isEqualTo(9);
    }

    private void aGroupIsCommittedAt(long offset) {
        source.produce(source.create("orders", 1), 0, BATCH_RECORDS);
        source.commit("billing", "orders", 0, offset);
    }

    private long position() {
        Committed committed = region.groups.getOrDefault("billing", Map.of()).get(ORDERS);
        return committed == null ? -1 : committed.offset();
    }

    /** Batches of about 600 bytes each, in two partitions. */
    private void backlog(int batchCount) {
        ModelSource.Topic orders = source.create("orders", 2);
        for (int i = 0; i < batchCount; i++) {
            source.produce(orders, i % 2, BATCH_RECORDS);
        }
    }

    private static LinkSpec.Settings paced(Duration syncOffsets) {
        var standard = LinkSpec.Settings.standard();
        return new LinkSpec.Settings(
                true,
                syncOffsets,
                true,
                standard.refreshTopics(),
                standard.volume(),
                Duration.ZERO);
    }

    private static LinkSpec.Settings limited(long bytesPerSecond) {
        var standard = LinkSpec.Settings.standard();
        return new LinkSpec.Settings(
                true,
                standard.syncOffsets(),
                true,
                standard.refreshTopics(),
                standard.volume().limitedTo(bytesPerSecond),
                Duration.ZERO);
    }

    private long copiedBytes() {
        return region.log.appendedBytes;
    }

    private boolean isComplete() {
        return region.mirrors.size() == source.topics.size()
                && source.topics.values().stream().allMatch(topic -> missing(topic) == 0);
    }

    private long missing(ModelSource.Topic topic) {
        long missing = 0;
        for (ModelSource.Part part : topic.parts) {
            missing += part.end;
        }
        for (var entry : region.log.logs.entrySet()) {
            if (entry.getKey().topic().equals(topic.name)) {
                missing -= entry.getValue().end;
            }
        }
        return missing;
    }
}
