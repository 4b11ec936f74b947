package io.tombolo.environment;

import java.util.concurrent.Callable;
import java.util.function.Consumer;

/**
 * Carries blocking work (fsync, cold reads, index building) away from the loops and brings its
 * outcome back as an event. Work of one lane runs in the order of its submission, one after the
 * other; lanes run beside each other.
 */
public interface Offload {

    /**
     * Runs {@code work} off the loops.
     *
     * @param lane work with the same lane never overlaps and keeps its order; for example the hash
     *     of a log
     * @param replyTo the loop on which {@code done} is called, exactly once, with the result or the
     *     failure
     */
    <T> void submit(int lane, Callable<T> work, EventLoop replyTo, Consumer<Outcome<T>> done);

    /** What became of a piece of work. */
    sealed interface Outcome<T> {

        /** It returned. */
        record Done<T>(T value) implements Outcome<T> {}

        /** It threw. */
        record Failed<T>(Exception cause) implements Outcome<T> {}
    }
}
