package io.tombolo.broker.request;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** State that handlers keep for one connection, such as fetch sessions; closed with it. */
public final class Attachments {

    private static final Logger LOG = LoggerFactory.getLogger(Attachments.class);

    private final Map<Class<?>, AutoCloseable> byType = new HashMap<>();

    /** State that lets a request wait for something, and can end the wait. */
    public interface Waiting extends AutoCloseable {

        /** Another request has come behind the one that may be waiting: it is answered now. */
        void endWait();
    }

    /** The state of this type, made when it is first asked for. */
    public <T extends AutoCloseable> T get(Class<T> type, Supplier<T> maker) {
        return type.cast(byType.computeIfAbsent(type, _ -> maker.get()));
    }

    /** The state of this type, when it was asked for before. */
    <T extends AutoCloseable> Optional<T> find(Class<T> type) {
        return Optional.ofNullable(byType.get(type)).map(type::cast);
    }

    /** Whether {@link #endWait} may make room for another request. */
    boolean mayWait() {
        return byType.values().stream().anyMatch(Waiting.class::isInstance);
    }

    void endWait() {
        for (AutoCloseable state : List.copyOf(byType.values())) {
            if (state instanceof Waiting waiting) {
                waiting.endWait();
            }
        }
    }

    void close() {
        var states = List.copyOf(byType.values());
        byType.clear();
        for (AutoCloseable state : states) {
            try {
                state.close();
            } catch (Exception broken) {
                LOG.atError().setCause(broken).log("The state of a connection did not close");
            }
        }
    }
}
