package io.tombolo.broker.request.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The fetch sessions of one connection. The slots are the whole broker's, so that they are bounded;
 * when none is free a client is served without a session, as Kafka does.
 */
final class FetchSessions implements AutoCloseable {

    private static final int PER_CONNECTION_MAX = 8;

    private final Slots slots;
    private final Map<Integer, FetchSession> sessions = new LinkedHashMap<>();

    FetchSessions(Slots slots) {
        this.slots = slots;
    }

    /** A new session, unless every slot is taken. */
    Optional<FetchSession> open(boolean usesTopicIds) {
        if (sessions.size() == PER_CONNECTION_MAX) {
            close(sessions.keySet().iterator().next());
        }
        if (!slots.take()) {
            return Optional.empty();
        }
        var session = new FetchSession(slots.nextId(), usesTopicIds);
        sessions.put(session.id(), session);
        return Optional.of(session);
    }

    Optional<FetchSession> find(int id) {
        return Optional.ofNullable(sessions.get(id));
    }

    void close(int id) {
        FetchSession gone = sessions.remove(id);
        if (gone != null) {
            slots.giveBack();
            gone.end();
        }
    }

    @Override
    public void close() {
        List.copyOf(sessions.keySet()).forEach(this::close);
    }

    /** The sessions that the whole broker may have; callable from any thread. */
    static final class Slots {

        private final int max;
        private final AtomicInteger taken = new AtomicInteger();
        private final AtomicInteger lastId = new AtomicInteger();

        Slots(int max) {
            this.max = max;
        }

        boolean take() {
            if (taken.incrementAndGet() <= max) {
                return true;
            }
            taken.decrementAndGet();
            return false;
        }

        void giveBack() {
            taken.decrementAndGet();
        }

        int nextId() {
            return lastId.updateAndGet(id -> id == Integer.MAX_VALUE ? 1 : id + 1);
        }
    }
}
