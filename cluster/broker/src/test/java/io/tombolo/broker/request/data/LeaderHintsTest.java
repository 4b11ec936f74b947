package io.tombolo.broker.request.data;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.broker.ClientListener;
import io.tombolo.broker.Worlds;
import io.tombolo.replication.LeaderHint;

import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

import java.util.concurrent.atomic.LongAdder;

/** Where those are sent who ask for {@code orders-0}, which broker 1 leads in epoch 3. */
class LeaderHintsTest {

    private static final TopicIdPartition ORDERS =
            new TopicIdPartition(Worlds.idOf("orders"), 0, "orders");

    private final LongAdder given = new LongAdder();

    private LeaderHint hintOf(int broker, Errors error, LeaderHint known) {
        var images = Worlds.images(Worlds.image(Worlds.topic("orders", 1)));
        var listener = new ClientListener("cluster", "PLAINTEXT", broker);
        return new LeaderHints(images, listener, given).of(ORDERS, error, known);
    }

    @Test
    void theNewestLeaderThatIsKnownIsTold() {
        assertThat(hintOf(2, Errors.NOT_LEADER_OR_FOLLOWER, LeaderHint.NONE))
                .isEqualTo(new LeaderHint(1, 3));
        assertThat(hintOf(2, Errors.FENCED_LEADER_EPOCH, new LeaderHint(3, 4)))
                .isEqualTo(new LeaderHint(3, 4));
        assertThat(given.sum()).isEqualTo(2);
    }

    @Test
    void nobodyIsSentBackToABrokerThatIsAboutToLead() {
        assertThat(hintOf(1, Errors.NOT_LEADER_OR_FOLLOWER, LeaderHint.NONE))
                .isEqualTo(LeaderHint.NONE);
    }

    @Test
    void otherErrorsSendNobodyAnywhere() {
        assertThat(hintOf(2, Errors.NOT_ENOUGH_REPLICAS, LeaderHint.NONE))
                .isEqualTo(LeaderHint.NONE);
        assertThat(given.sum()).isZero();
    }
}
