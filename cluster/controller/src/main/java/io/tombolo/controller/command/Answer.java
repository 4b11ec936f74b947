package io.tombolo.controller.command;

import org.apache.kafka.common.protocol.Errors;

/**
 * What became of a command, or of one of the things that it names.
 *
 * @param <T> what there is to tell when it was done
 */
public sealed interface Answer<T> {

    /** It is so, and committed. */
    record Done<T>(T value) implements Answer<T> {}

    /**
     * Nothing was changed, unless the error is {@link Errors#NOT_CONTROLLER}: then leadership was
     * lost and it is not known whether it was.
     */
    record Refused<T>(Refusal refusal) implements Answer<T> {

        public Errors error() {
            return refusal.error();
        }

        public String message() {
            return refusal.message();
        }
    }
}
