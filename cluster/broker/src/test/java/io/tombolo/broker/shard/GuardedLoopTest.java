package io.tombolo.broker.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.EventLoop;

import org.junit.jupiter.api.Test;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

class GuardedLoopTest {

    private final List<RuntimeException> mistakes = new ArrayList<>();
    private final QueueLoop shard = new QueueLoop();
    private final QueueLoop connection = new QueueLoop();
    private final GuardedLoop asker = new GuardedLoop(connection, mistakes::add);

    /** A loop that runs its tasks when it is told to. */
    private static final class QueueLoop implements EventLoop {

        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        @Override
        public int index() {
            return 0;
        }

        @Override
        public boolean inLoop() {
            return running;
        }

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
        }

        @Override
        public Timer schedule(long delayNanos, Runnable task) {
            tasks.add(task);
            return () -> tasks.remove(task);
        }

        void drain() {
            running = true;
            while (!tasks.isEmpty()) {
                tasks.remove().run();
            }
            running = false;
        }
    }

    @Test
    void whatAShardThrowsIsHeardByWhoAsked() {
        var mistake = new IllegalStateException("broken");

        Shards.runFor(
                asker,
                shard,
                () -> {
                    throw mistake;
                });
        shard.drain();
        connection.drain();

        assertThat(mistakes).containsExactly(mistake);
    }

    @Test
    void aTaskThatRunsAtOnceDoesNotThrowAtItsCaller() {
        var mistake = new IllegalStateException("broken");
        var after = new ArrayList<String>();

        connection.execute(() -> {
            Shards.run(
                    asker,
                    () -> {
                        throw mistake;
                    });
            after.add("went on");
        });
        connection.drain();

        assertThat(mistakes).containsExactly(mistake);
        assertThat(after).containsExactly("went on");
    }

    @Test
    void timersAreGuardedToo() {
        asker.schedule(
                1,
                () -> {
                    throw new IllegalStateException("late");
                });
        connection.drain();

        assertThat(mistakes).hasSize(1);
    }
}
