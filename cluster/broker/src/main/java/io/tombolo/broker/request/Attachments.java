package io.tombolo.broker.request;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** State that handlers keep for one connection, such as fetch sessions; closed with it. */
public final class Attachments {

    private final Map<Class<?>, AutoCloseable> byType = new HashMap<>();

    /** The state of this type, made when it is first asked for. */
    public <T extends AutoCloseable> T get(Class<T> type, Supplier<T> maker) {
        return type.cast(byType.computeIfAbsent(type, _ -> maker.get()));
    }

    void close() {
        for (AutoCloseable state : byType.values()) {
            try {
                state.close();
            } catch (Exception broken) {
                throw new IllegalStateException("connection state did not close", broken);
            }
        }
        byType.clear();
    }
}
