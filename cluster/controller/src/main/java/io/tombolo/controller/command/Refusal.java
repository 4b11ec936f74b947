package io.tombolo.controller.command;

import org.apache.kafka.common.protocol.Errors;

/**
 * Why something is not done.
 *
 * @param message a sentence for the client; without secrets
 */
public record Refusal(Errors error, String message) {

    /** The refusal as the answer to something. */
    public <T> Answer<T> answer() {
        return new Answer.Refused<>(this);
    }
}
