package io.tombolo.replication.quota;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.replication.quota.CopyLimit.Terms;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.Random;

/** How fast replicas are copied, at times that the test gives. */
class CopyLimitTest {

    private static final long SECOND = 1_000_000_000L;
    private static final TopicPartition ORDERS_0 = new TopicPartition("orders", 0);
    private static final TopicPartition ORDERS_1 = new TopicPartition("orders", 1);
    private static final TopicPartition BILLS_7 = new TopicPartition("bills", 7);

    private final CopyLimit limit = new CopyLimit();

    @Test
    void withoutARateNothingIsHeldBack() {
        limit.change(new Terms(Long.MAX_VALUE, all("orders")), 0);
        limit.copied(ORDERS_0, 1L << 40, 0);

        assertThat(limit.holds(ORDERS_0, 0)).isFalse();
    }

    @Test
    void whatWasCopiedIsPaidWithTime() {
        limit.change(new Terms(1_000, all("orders")), 0);

        limit.copied(ORDERS_0, 3_000, 0);

        assertThat(limit.holds(ORDERS_0, 3 * SECOND - 1)).isTrue();
        assertThat(limit.holds(ORDERS_1, 2 * SECOND)).as("one limit for all").isTrue();
        assertThat(limit.asksAgainNanos(2 * SECOND + 5)).isEqualTo(3 * SECOND);
        assertThat(limit.holds(ORDERS_0, 3 * SECOND)).isFalse();
    }

    @Test
    void othersAreNeitherHeldBackNorCounted() {
        limit.change(new Terms(1_000, all("orders")), 0);
        limit.copied(BILLS_7, 1_000_000, 0);
        assertThat(limit.holds(ORDERS_0, 0)).isFalse();

        limit.copied(ORDERS_0, 1_000_000, 0);

        assertThat(limit.holds(BILLS_7, 0)).isFalse();
    }

    @Test
    void anotherRateForgivesWhatIsUnpaid() {
        limit.change(new Terms(1, all("orders")), 0);
        limit.copied(ORDERS_0, 1_000_000, 0);
        assertThat(limit.asksAgainNanos(0)).isEqualTo(SECOND);

        limit.change(new Terms(1, all("bills")), SECOND);
        assertThat(limit.holds(BILLS_7, SECOND)).as("the same rate").isTrue();
        limit.change(new Terms(2, all("bills")), SECOND);

        assertThat(limit.holds(BILLS_7, SECOND)).isFalse();
    }

    @Test
    void atRateZeroNothingIsCopied() {
        limit.change(new Terms(0, all("orders")), 0);

        assertThat(limit.holds(ORDERS_0, 1_000 * SECOND)).isTrue();
        assertThat(limit.asksAgainNanos(5)).isEqualTo(5 + SECOND);
    }

    @Test
    void overTimeTheRateIsKeptWhateverIsCopiedAtOnce() {
        for (long seed = 1; seed <= 50; seed++) {
            var random = new Random(seed);
            var any = new CopyLimit();
            long rate = 1_000 + random.nextInt(1_000_000);
            long start = random.nextLong() >> 2;
            any.change(new Terms(rate, all("orders")), start);
            long now = start;
            long copied = 0;
            long last = 0;
            while (now - start < 100 * SECOND) {
                if (any.holds(ORDERS_0, now)) {
                    now = any.asksAgainNanos(now);
                } else {
                    last = 1 + random.nextInt(500_000);
                    any.copied(ORDERS_0, last, now);
                    copied += last;
                }
            }
            double allowed = (double) rate * (now - start) / SECOND;
            assertThat((double) copied).isLessThanOrEqualTo(allowed + last);
            assertThat((double) copied).isGreaterThan(0.97 * allowed - last);
        }
    }

    @Test
    void aListNamesPartitionsOfBrokers() {
        var two = ThrottledReplicas.of(Map.of("orders", "0:1, 1:2,7:2", "bills", "*"), 2);

        assertThat(two.has(ORDERS_0)).isFalse();
        assertThat(two.has(ORDERS_1)).isTrue();
        assertThat(two.has(BILLS_7)).isTrue();
        assertThat(ThrottledReplicas.of(Map.of("orders", "", "bills", "7:1"), 2))
                .isEqualTo(ThrottledReplicas.NONE);
    }

    private static ThrottledReplicas all(String topic) {
        return ThrottledReplicas.of(Map.of(topic, "*"), 1);
    }
}
