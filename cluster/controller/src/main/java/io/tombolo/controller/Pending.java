package io.tombolo.controller;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.controller.command.Refusal;

import java.util.function.Consumer;

/**
 * A command and who waits for its answer.
 *
 * @param <A> what the command is answered with
 */
record Pending<A>(Command<A> command, Consumer<Answer<A>> to) {

    void refuse(Refusal refusal) {
        to.accept(refusal.answer());
    }

    /** The answer to be given once it is committed. */
    Decided<A> decided(Answer<A> answer) {
        return new Decided<>(this, answer);
    }

    /** A decided command. */
    record Decided<A>(Pending<A> pending, Answer<A> answer) {

        void give() {
            pending.to().accept(answer);
        }
    }
}
