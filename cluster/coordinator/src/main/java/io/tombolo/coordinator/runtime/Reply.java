package io.tombolo.coordinator.runtime;

import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The way back to one client. Exactly one of the two methods is called, exactly once, on the loop
 * of the partition.
 *
 * @param <R> what the client waits for
 */
public interface Reply<R> {

    /** The response of the state machine; everything it rests on is committed. */
    void answer(R response);

    /**
     * The runtime could not carry the command out, or could not find out whether it was: {@code
     * NOT_COORDINATOR}, {@code COORDINATOR_LOAD_IN_PROGRESS}, {@code COORDINATOR_NOT_AVAILABLE},
     * {@code REQUEST_TIMED_OUT}, {@code UNKNOWN_SERVER_ERROR} or what the log refused the append
     * with.
     */
    void refuse(Errors error);

    /** A reply that turns a refusal into a response of its kind. */
    static <R> Reply<R> of(Consumer<R> answer, Function<Errors, R> refused) {
        return new Reply<>() {
            @Override
            public void answer(R response) {
                answer.accept(response);
            }

            @Override
            public void refuse(Errors error) {
                answer.accept(refused.apply(error));
            }
        };
    }
}
