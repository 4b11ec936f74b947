package io.tombolo.broker.drain;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.BrokerIds;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;
import io.tombolo.metadata.record.PartitionRegistration;
import io.tombolo.metadata.record.ReplicaStanding;
import io.tombolo.metadata.record.TopicRecord.PartitionCreated;
import io.tombolo.metadata.record.TopicRecord.TopicCreated;

import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Broker 2 is emptied: orders-0, which broker 1 leads, goes from it to broker 3. */
class HoldupsTest {

    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);
    private static final Uuid ID = new Uuid(7, 7);

    private final Holdups holdups = new Holdups();
    private MetadataImage image = MetadataImage.EMPTY;

    HoldupsTest() {
        var moving = new ReplicaStanding.Moving(BrokerIds.of(3), BrokerIds.of(2));
        apply(new TopicCreated("orders", ID));
        apply(
                new PartitionCreated(
                        ID,
                        0,
                        new PartitionRegistration(
                                BrokerIds.of(1, 2, 3),
                                BrokerIds.of(1, 2),
                                1,
                                0,
                                0,
                                new ReplicaStanding(
                                        List.of(), ReplicaStanding.Eligible.NONE, moving))));
    }

    private void apply(MetadataRecord record) {
        var place = new LogPlace(image.place().offset() + 1, 1);
        image = image.apply(List.of(record), place).image();
    }

    /** After so many seconds broker 3 has so much of 1000 bytes. */
    private List<String> seen(int seconds, long copied) {
        return holdups.seen(
                2,
                image,
                Map.of(2, Map.of(ORDERS, 1000L), 3, Map.of(ORDERS, copied)),
                TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void throttlesInForceAreNamedWithWhomTheyBind() {
        var leader = ConfigResource.broker(1);
        apply(new ConfigSet(leader, "leader.replication.throttled.rate", "500"));
        apply(
                new ConfigSet(
                        ConfigResource.allBrokers(), "follower.replication.throttled.rate", "9"));
        assertThat(seen(0, 1)).as("of no replica").isEmpty();
        var orders = ConfigResource.topic("orders");
        apply(new ConfigSet(orders, "leader.replication.throttled.replicas", "0:2,0:1"));
        apply(new ConfigSet(orders, "follower.replication.throttled.replicas", "0:2"));

        assertThat(seen(1, 2))
                .containsExactly(
                        "broker 1 gives at most 500 bytes/s of them"
                                + " (leader.replication.throttled.rate)");
        apply(new ConfigSet(orders, "follower.replication.throttled.replicas", "*"));
        assertThat(seen(2, 3))
                .hasSize(2)
                .contains(
                        "broker 3 takes at most 9 bytes/s of them"
                                + " (follower.replication.throttled.rate)");
    }

    @Test
    void aBrokerThatCopiesNothingIsNamedUntilItDoes() {
        assertThat(seen(0, 10)).isEmpty();
        assertThat(seen(7, 10)).isEmpty();
        assertThat(seen(9, 10)).containsExactly("broker 3 has copied nothing for 9 s");
        assertThat(seen(10, 11)).isEmpty();
        assertThat(seen(19, 11)).containsExactly("broker 3 has copied nothing for 9 s");
    }

    @Test
    void aCopyThatIsCompleteAndNotInSyncIsNamed() {
        assertThat(seen(0, 1000)).isEmpty();

        assertThat(seen(9, 1000))
                .containsExactly(
                        "orders-0 is copied, and broker 3 is not in sync with its leader 1");
    }

    @Test
    void aBrokerThatDoesNotAnswerIsNamed() {
        var own = Map.of(2, Map.of(ORDERS, 1000L));
        assertThat(holdups.seen(2, image, own, 0)).isEmpty();

        assertThat(holdups.seen(2, image, own, TimeUnit.SECONDS.toNanos(20)))
                .containsExactly("broker 3 has not told how much it has for 20 s");
    }

    @Test
    void nothingHoldsUpWhatDoesNotMove() {
        assertThat(
                        holdups.seen(
                                1,
                                image,
                                Map.of(1, Map.of(ORDERS, 1000L)),
                                TimeUnit.SECONDS.toNanos(60)))
                .isEmpty();
    }
}
