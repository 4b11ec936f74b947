package io.tombolo.broker.link;

import io.tombolo.coordinator.group.entry.LinkOffsets;
import io.tombolo.coordinator.group.entry.LinkOffsets.Beyond;
import io.tombolo.coordinator.group.entry.LinkOffsets.Outcome;
import io.tombolo.environment.EventLoop;

import org.apache.kafka.common.TopicPartition;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The groups that this broker coordinates, for a promotion that works on {@code loop}. */
record ClampedGroups(LinkOffsets offsets, EventLoop loop) implements PromotionWorker.Groups {

    @Override
    public void clamp(
            int offsetsPartition,
            Map<TopicPartition, Long> ends,
            Consumer<Optional<List<Beyond>>> answer) {
        offsets.beyond(
                loop,
                offsetsPartition,
                ends,
                found -> {
                    if (found instanceof Outcome.Known<List<Beyond>>(var beyond)) {
                        offsets.clampOffsets(
                                loop,
                                offsetsPartition,
                                ends,
                                moved ->
                                        answer.accept(
                                                moved instanceof Outcome.Known<Integer>
                                                        ? Optional.of(beyond)
                                                        : Optional.empty()));
                    } else {
                        answer.accept(Optional.empty());
                    }
                });
    }
}
