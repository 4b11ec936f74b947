package io.tombolo.broker.shard;

import io.tombolo.environment.EventLoop;

import java.util.function.Consumer;

/**
 * A loop as one request sees it: what a task of the request throws ends up with the request, and
 * not with whoever happened to run the task.
 *
 * @param onMistake called on the loop
 */
public record GuardedLoop(EventLoop inner, Consumer<RuntimeException> onMistake)
        implements EventLoop {

    @Override
    public int index() {
        return inner.index();
    }

    @Override
    public boolean inLoop() {
        return inner.inLoop();
    }

    @Override
    public void execute(Runnable task) {
        inner.execute(() -> run(task));
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        return inner.schedule(delayNanos, () -> run(task));
    }

    /** Runs a task at once; on the loop only. */
    void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException mistake) {
            onMistake.accept(mistake);
        }
    }
}
