package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.group.GroupEvent;
import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.runtime.CoordinatorLog;
import io.tombolo.environment.Clock;
import io.tombolo.environment.Entropy;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What groups need of the broker.
 *
 * @param loops all loops of the process
 * @param ownerOf the loop that owns a partition of {@code __consumer_offsets}; always the same one
 * @param log {@code __consumer_offsets}
 * @param topics consulted on the loop of the caller
 * @param times of the members of a consumer group, by its id; callable anywhere
 * @param listener called on the loop of the partition concerned
 */
public record GroupPorts(
        EventLoops loops,
        IntFunction<EventLoop> ownerOf,
        Clock clock,
        Entropy entropy,
        CoordinatorLog log,
        TopicLookup topics,
        Function<String, ConsumerTimes> times,
        CoordinatorListener<GroupEvent> listener) {}
