package io.tombolo.broker.link;

import io.tombolo.environment.Clock;
import io.tombolo.environment.EventLoop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** All calls of these tests are made as on the loop; time goes on when they say so. */
final class ManualLoop implements EventLoop, Clock {

    private record Task(long atNanos, Runnable action) {}

    private final List<Task> tasks = new ArrayList<>();
    private long nowNanos;

    @Override
    public int index() {
        return 0;
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        task.run();
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
        var planned = new Task(nowNanos + delayNanos, task);
        tasks.add(planned);
        return () -> tasks.remove(planned);
    }

    void advance(Duration time) {
        long end = nowNanos + time.toNanos();
        for (Optional<Task> next = due(end); next.isPresent(); next = due(end)) {
            tasks.remove(next.get());
            nowNanos = next.get().atNanos();
            next.get().action().run();
        }
        nowNanos = end;
    }

    private Optional<Task> due(long endNanos) {
        return tasks.stream()
                .filter(task -> task.atNanos() <= endNanos)
                .min(Comparator.comparingLong(Task::atNanos));
    }

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public long wallTimeMs() {
        return 0;
    }
}
