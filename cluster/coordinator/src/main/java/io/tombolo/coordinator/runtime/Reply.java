package io.tombolo.coordinator.runtime;

import org.apache.kafka.common.protocol.Errors;

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
}
