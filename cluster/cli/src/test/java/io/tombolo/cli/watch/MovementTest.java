package io.tombolo.cli.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.cli.watch.Movement.Key;
import io.tombolo.cli.watch.Movement.Pace;
import io.tombolo.cli.watch.Movement.Topic;

import org.junit.jupiter.api.Test;

import java.util.Map;
import java.util.TreeMap;

class MovementTest {

    private static final long SECOND = 1_000_000_000;
    private static final Key ORDERS = new Key("eu", "orders");
    private static final Key BILLS = new Key("eu", "bills");
    private static final Key NEW = new Key("us", "new");

    @Test
    void theFastestTopicIsFirst() {
        var before = at(0, Map.of(ORDERS, new Topic(3, 100), BILLS, new Topic(1, 900)));
        var now =
                at(
                        2 * SECOND,
                        Map.of(
                                ORDERS, new Topic(3, 200),
                                BILLS, new Topic(1, 902),
                                NEW, new Topic(1, 5)));

        assertThat(now.since(before))
                .containsExactly(
                        new Pace(ORDERS, new Topic(3, 200), 50),
                        new Pace(BILLS, new Topic(1, 902), 1),
                        new Pace(NEW, new Topic(1, 5), -1));
    }

    @Test
    void aTopicThatWasMadeAnewHasNoPaceYet() {
        var before = at(0, Map.of(ORDERS, new Topic(3, 100)));
        var now = at(SECOND, Map.of(ORDERS, new Topic(3, 2)));

        assertThat(now.since(before)).containsExactly(new Pace(ORDERS, new Topic(3, 2), -1));
    }

    private static Movement at(long nanos, Map<Key, Topic> topics) {
        return new Movement(nanos, new TreeMap<>(topics));
    }
}
