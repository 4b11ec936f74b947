package io.tombolo.environment;

/**
 * One shard: a single thread that owns the state of its partitions, connections and timers, so that
 * none of it needs a lock. Tasks run one after the other, in the order in which they were handed
 * over by any one thread.
 */
public interface EventLoop {

    /** The number of this loop, 0 ≤ index &lt; {@link EventLoops#count()}. */
    int index();

    /** Whether the caller runs on this loop. */
    boolean inLoop();

    /**
     * Runs a task on this loop, soon. Callable from any thread; never runs the task before
     * returning, even when the caller is on this loop. A task handed to a loop that has shut down
     * is dropped.
     */
    void execute(Runnable task);

    /**
     * Runs a task on this loop after a delay. Callable on this loop only.
     *
     * @param delayNanos nanoseconds from now; zero or less means the next turn of the loop
     * @return the handle that cancels it
     */
    Timer schedule(long delayNanos, Runnable task);

    /** A task that has been scheduled. */
    interface Timer {

        /**
         * Prevents the task from running if it has not run yet. On the owning loop only;
         * repeatable.
         */
        void cancel();
    }
}
