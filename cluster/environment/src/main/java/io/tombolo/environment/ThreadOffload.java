package io.tombolo.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Blocking work on a few platform threads of this process; the work of a lane is never done by two
 * at a time. A thread that has had nothing to do for {@value #IDLE_SECONDS} seconds ends, and the
 * next work starts another.
 */
public final class ThreadOffload implements Offload, AutoCloseable {

    private static final long IDLE_SECONDS = 10;

    private final List<ExecutorService> threads = new ArrayList<>();

    /**
     * @param name the beginning of the threads' names
     * @param threadCount how many lanes can run at the same time, at least 1
     */
    public ThreadOffload(String name, int threadCount) {
        for (int index = 0; index < threadCount; index++) {
            var factory = Thread.ofPlatform().name(name + "-" + index).daemon().factory();
            threads.add(single(factory));
        }
    }

    private static ExecutorService single(ThreadFactory factory) {
        var thread =
                new ThreadPoolExecutor(
                        1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }

    @Override
    public <T> void submit(
            int lane, Callable<T> work, EventLoop replyTo, Consumer<Outcome<T>> done) {
        threads.get(Math.floorMod(lane, threads.size()))
                .execute(() -> {
                    Outcome<T> outcome = outcomeOf(work);
                    replyTo.execute(() -> done.accept(outcome));
                });
    }

    private static <T> Outcome<T> outcomeOf(Callable<T> work) {
        try {
            return new Outcome.Done<>(work.call());
        } catch (Exception failure) {
            return new Outcome.Failed<>(failure);
        }
    }

    /** Finishes what was submitted, waiting for up to ten seconds. */
    @Override
    public void close() throws InterruptedException {
        threads.forEach(ExecutorService::shutdown);
        for (ExecutorService thread : threads) {
            thread.awaitTermination(10, TimeUnit.SECONDS);
        }
    }
}
