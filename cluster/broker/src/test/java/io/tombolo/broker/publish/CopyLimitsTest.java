package io.tombolo.broker.publish;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Clock;
import io.tombolo.metadata.image.LogPlace;
import io.tombolo.metadata.image.MetadataImage;
import io.tombolo.metadata.record.ConfigRecord.ConfigRemoved;
import io.tombolo.metadata.record.ConfigRecord.ConfigSet;
import io.tombolo.metadata.record.ConfigResource;
import io.tombolo.metadata.record.MetadataRecord;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.util.List;

/** Limits on copying, as configs set them. */
class CopyLimitsTest {

    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);
    private static final ConfigResource ORDERS = ConfigResource.topic("orders");
    private static final ConfigResource SELF = ConfigResource.broker(1);
    private static final String RATE = "leader.replication.throttled.rate";
    private static final String REPLICAS = "leader.replication.throttled.replicas";

    private final CopyLimits limits = new CopyLimits(1, new StillClock());
    private MetadataImage image = MetadataImage.EMPTY;

    @Test
    void aLimitNeedsARateAndReplicas() {
        apply(new ConfigSet(SELF, RATE, "1000"));
        assertThat(heldAfterCopying(ORDERS_0)).isFalse();

        apply(new ConfigSet(ORDERS, REPLICAS, "0:1,1:2"));

        assertThat(heldAfterCopying(ORDERS_0)).isTrue();
        assertThat(heldAfterCopying(ORDERS_1)).isFalse();
        assertThat(limits.borrowing().holds(ORDERS_0, now())).isFalse();
    }

    @Test
    void theBrokersOwnRateComesBeforeThatOfAll() {
        apply(new ConfigSet(ORDERS, REPLICAS, "*"));
        apply(new ConfigSet(ConfigResource.allBrokers(), RATE, "1000"));
        assertThat(heldAfterCopying(ORDERS_0)).isTrue();

        apply(new ConfigSet(SELF, RATE, "" + Long.MAX_VALUE));

        assertThat(heldAfterCopying(ORDERS_0)).isFalse();
    }

    @Test
    void whatIsTakenBackHoldsNobody() {
        apply(new ConfigSet(SELF, RATE, "1000"));
        apply(new ConfigSet(ORDERS, REPLICAS, "*"));
        assertThat(heldAfterCopying(ORDERS_0)).isTrue();

        apply(new ConfigRemoved(ORDERS, REPLICAS));

        assertThat(limits.lending().holds(ORDERS_0, now())).isFalse();
    }

    @Test
    void movesBetweenDirectoriesHaveARateOfTheirOwn() {
        limits.moving().copied(ORDERS_0, 10_000, now());
        assertThat(limits.moving().holds(ORDERS_0, now())).isFalse();

        apply(new ConfigSet(SELF, CopyLimits.MOVING, "1000"));
        limits.moving().copied(ORDERS_1, 10_000, now());

        assertThat(limits.moving().holds(ORDERS_0, now())).isTrue();
        assertThat(limits.moving().asksAgainNanos(now())).isPositive();
        assertThat(heldAfterCopying(ORDERS_0)).isFalse();
    }

    private boolean heldAfterCopying(TopicPartition partition) {
        limits.lending().copied(partition, 10_000, now());
        return limits.lending().holds(partition, now());
    }

    private static long now() {
        return 0;
    }

    private void apply(MetadataRecord record) {
        var applied = image.apply(List.of(record), new LogPlace(image.place().offset() + 1, 1));
        image = applied.image();
        limits.publish(applied.delta());
    }

    private static final class StillClock implements Clock {

        @Override
        public long nanoTime() {
            return now();
        }

        @Override
        public long wallTimeMs() {
            return 0;
        }
    }
}
