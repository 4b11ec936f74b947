package io.tombolo.coordinator.group.entry;

import io.tombolo.coordinator.runtime.Reply;

import org.apache.kafka.common.protocol.Errors;

import java.util.function.Consumer;
import java.util.function.Function;

/** How clients of groups are told that the coordinator could not do its work. */
final class Refusals {

    private Refusals() {}

    /** What clients know how to handle: mostly, to look for the coordinator again. */
    static Errors toClient(Errors error) {
        return switch (error) {
            case UNKNOWN_TOPIC_OR_PARTITION,
                    NOT_ENOUGH_REPLICAS,
                    NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                    REQUEST_TIMED_OUT ->
                    Errors.COORDINATOR_NOT_AVAILABLE;
            case NOT_LEADER_OR_FOLLOWER, FENCED_LEADER_EPOCH, KAFKA_STORAGE_ERROR ->
                    Errors.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_FETCH_SIZE ->
                    Errors.UNKNOWN_SERVER_ERROR;
            default -> error;
        };
    }

    /** A reply that turns a refusal into a response of its kind. */
    static <R> Reply<R> reply(Consumer<R> answer, Function<Errors, R> refused) {
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
