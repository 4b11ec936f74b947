package io.tombolo.broker;

import io.tombolo.controller.command.Answer;
import io.tombolo.controller.command.Command;
import io.tombolo.environment.EventLoop;

import java.util.function.Consumer;

/** The way to the active controller. Callable from any thread. */
@FunctionalInterface
public interface Commands {

    /**
     * Submits a command.
     *
     * @param replyTo the loop on which {@code answered} is called, once; by then this broker has
     *     published the image that the command led to
     */
    <A> void submit(Command<A> command, EventLoop replyTo, Consumer<Answer<A>> answered);
}
