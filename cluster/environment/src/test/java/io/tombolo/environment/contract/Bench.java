package io.tombolo.environment.contract;

import io.tombolo.environment.Environment;
import io.tombolo.environment.EventLoop;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** An environment and the means to let time pass in it. */
public interface Bench extends AutoCloseable {

    Environment environment();

    /** Lets things happen until the condition holds; fails the test when it never does. */
    void until(BooleanSupplier condition);

    /** Lets everything happen that is already under way, as far as anyone can tell. */
    void settle();

    @Override
    void close();

    default EventLoop loop(int index) {
        return environment().loops().loop(index);
    }

    /** Runs something on a loop and waits for its result. */
    default <T> T on(EventLoop loop, Supplier<T> work) {
        var result = new AtomicReference<T>();
        var failure = new AtomicReference<Throwable>();
        var done = new AtomicBoolean();
        loop.execute(() -> {
            try {
                result.set(work.get());
            } catch (RuntimeException | Error thrown) {
                failure.set(thrown);
            }
            done.set(true);
        });
        until(done::get);
        switch (failure.get()) {
            case null -> {}
            case RuntimeException thrown -> throw thrown;
            case Error thrown -> throw thrown;
            case Throwable impossible -> throw new IllegalStateException(impossible);
        }
        return result.get();
    }

    /** Runs something on a loop and waits until it is done. */
    default void run(EventLoop loop, Runnable work) {
        on(
                loop,
                () -> {
                    work.run();
                    return true;
                });
    }
}
