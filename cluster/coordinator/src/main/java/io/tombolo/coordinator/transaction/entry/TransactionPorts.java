package io.tombolo.coordinator.transaction.entry;

import io.tombolo.coordinator.runtime.CoordinatorListener;
import io.tombolo.coordinator.runtime.CoordinatorLog;
import io.tombolo.coordinator.transaction.TransactionEvent;
import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;
import io.tombolo.environment.EventLoops;

import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/**
 * What transactions need of the broker.
 *
 * @param loops all loops of the process
 * @param ownerOf the loop that owns a partition of {@code __transaction_state}; always the same one
 * @param log {@code __transaction_state}
 * @param listener called on the loop of the partition concerned
 */
public record TransactionPorts(
        EventLoops loops,
        IntFunction<EventLoop> ownerOf,
        Clock clock,
        CoordinatorLog log,
        ProducerIdSource producerIds,
        CoordinatorListener<TransactionEvent> listener) {

    /** Where producer ids come from that nobody has had before. */
    @FunctionalInterface
    public interface ProducerIdSource {

        /**
         * Takes one; callable on any loop.
         *
         * @param taker called once on {@code replyTo}; empty when none can be had now
         */
        void take(EventLoop replyTo, Consumer<OptionalLong> taker);
    }
}
