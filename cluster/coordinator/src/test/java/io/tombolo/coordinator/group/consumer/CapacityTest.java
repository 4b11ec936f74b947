package io.tombolo.coordinator.group.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.coordinator.group.consumer.ConsumerGroup.Capacity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Identity;
import io.tombolo.coordinator.group.consumer.ConsumerMember.Wish;

import org.junit.jupiter.api.Test;

import java.util.List;

class CapacityTest {

    private final Capacity ten = new Capacity(2, 10);

    private static ConsumerMember reading(String id, String... topics) {
        return ConsumerMember.joining(new Identity(id, null, null, "client", "/1.2.3.4", null))
                .with(
                        new Identity(id, null, null, "client", "/1.2.3.4", null),
                        new Wish(TopicNames.of(List.of(topics)), null, null, 30_000));
    }

    @Test
    void aGroupIsFullAtItsLastCharacter() {
        var group = ConsumerGroup.empty("g").with(reading("a", "sixsix"));

        assertThat(ten.takes(group, null, reading("b", "four"))).isTrue();
        assertThat(ten.takes(group, null, reading("b", "fiver"))).isFalse();
    }

    @Test
    void whoSaysNoMoreThanBeforeIsTakenEvenByAGroupThatHoldsTooMuch() {
        var large = reading("a", "sixsix", "twelvetwelve");
        var group = ConsumerGroup.empty("g").with(large);

        assertThat(ten.takes(group, large, large)).isTrue();
        assertThat(ten.takes(group, large, reading("a", "twelvetwelve"))).isTrue();
        assertThat(ten.takes(group, large, reading("a", "sixsix", "twelvetwelve!"))).isFalse();
    }
}
