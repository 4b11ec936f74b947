package io.tombolo.protocol.client;

import org.apache.kafka.common.protocol.ApiKeys;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The requests of one connection that have no response yet, in the order in which they were sent. A
 * broker answers in that order, so that a response to any but the oldest is a broken connection.
 * Mutable; one thread at a time.
 *
 * @param <T> what the caller wants back with the response
 */
final class PendingRequests<T> {

    private final int countMax;
    private final ArrayDeque<Pending<T>> waiting = new ArrayDeque<>();
    private int nextCorrelationId;

    /**
     * @param countMax how many requests may wait at the same time, at least 1
     */
    PendingRequests(int countMax) {
        if (countMax < 1) {
            throw new IllegalArgumentException("at least one request must be able to wait");
        }
        this.countMax = countMax;
    }

    /** A request on its way. */
    record Pending<T>(int correlationId, ApiKeys api, short version, T context) {}

    /** Whether another request may be sent now. */
    boolean hasRoom() {
        return waiting.size() < countMax;
    }

    /** How many requests wait. */
    int count() {
        return waiting.size();
    }

    /**
     * Notes a request that is about to be sent.
     *
     * @return its correlation id, ≥ 0; empty when there is no room, and then nothing was noted
     */
    OptionalInt add(ApiKeys api, short version, T context) {
        if (!hasRoom()) {
            return OptionalInt.empty();
        }
        int correlationId = nextCorrelationId;
        nextCorrelationId = (nextCorrelationId + 1) & Integer.MAX_VALUE;
        waiting.add(new Pending<>(correlationId, api, version, context));
        return OptionalInt.of(correlationId);
    }

    /**
     * Takes out the request that a response belongs to: the oldest.
     *
     * @return empty when the oldest has another correlation id or none waits; the connection is
     *     then to be closed
     */
    Optional<Pending<T>> take(int correlationId) {
        Pending<T> oldest = waiting.peek();
        if (oldest == null || oldest.correlationId() != correlationId) {
            return Optional.empty();
        }
        waiting.remove();
        return Optional.of(oldest);
    }

    /** Takes out all that wait, oldest first; for a connection that was closed. */
    List<Pending<T>> drain() {
        var all = new ArrayList<>(waiting);
        waiting.clear();
        return all;
    }
}
