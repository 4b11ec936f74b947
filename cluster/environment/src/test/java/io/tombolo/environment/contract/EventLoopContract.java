package io.tombolo.environment.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tombolo.environment.EventLoop;
import io.tombolo.environment.Invariant;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/** What every event loop does. */
public abstract class EventLoopContract {

    private static final long DELAY_NANOS = 3_000_000;

    private Bench bench;
    private EventLoop loop;

    protected abstract Bench bench();

    @BeforeEach
    void open() {
        bench = bench();
        loop = bench.loop(0);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void tasksOfOneSenderRunInTheirOrder() {
        var seen = new CopyOnWriteArrayList<Integer>();

        IntStream.range(0, 200).forEach(number -> loop.execute(() -> seen.add(number)));

        bench.until(() -> seen.size() == 200);
        assertThat(seen).isSorted();
    }

    @Test
    void tasksFromAnotherLoopKeepTheirOrder() {
        var seen = new CopyOnWriteArrayList<Integer>();

        bench.run(
                bench.loop(1),
                () ->
                        IntStream.range(0, 200)
                                .forEach(number -> loop.execute(() -> seen.add(number))));

        bench.until(() -> seen.size() == 200);
        assertThat(seen).isSorted();
    }

    @Test
    void aTaskNeverRunsBeforeItHasBeenHandedOver() {
        var order = new CopyOnWriteArrayList<String>();

        bench.run(
                loop,
                () -> {
                    loop.execute(() -> order.add("task"));
                    order.add("after handing over");
                });

        bench.until(() -> order.size() == 2);
        assertThat(order).containsExactly("after handing over", "task");
    }

    @Test
    void aTimerRunsNoEarlierThanItsDelay() {
        var clock = bench.environment().clock();
        var elapsed = new CopyOnWriteArrayList<Long>();

        bench.run(
                loop,
                () -> {
                    long began = clock.nanoTime();
                    loop.schedule(DELAY_NANOS, () -> elapsed.add(clock.nanoTime() - began));
                });

        bench.until(() -> !elapsed.isEmpty());
        assertThat(elapsed.getFirst()).isGreaterThanOrEqualTo(DELAY_NANOS);
    }

    @Test
    void timersRunInTheOrderOfTheirDeadlines() {
        var seen = new CopyOnWriteArrayList<Integer>();

        bench.run(
                loop,
                () -> {
                    for (int number : List.of(3, 1, 2, 0)) {
                        loop.schedule(number * DELAY_NANOS, () -> seen.add(number));
                    }
                });

        bench.until(() -> seen.size() == 4);
        assertThat(seen).containsExactly(0, 1, 2, 3);
    }

    @Test
    void aCancelledTimerNeverRuns() {
        var cancelledRan = new AtomicBoolean();
        var laterRan = new AtomicBoolean();

        bench.run(
                loop,
                () -> {
                    var timer = loop.schedule(DELAY_NANOS, () -> cancelledRan.set(true));
                    loop.schedule(2 * DELAY_NANOS, () -> laterRan.set(true));
                    timer.cancel();
                    timer.cancel();
                });

        bench.until(laterRan::get);
        assertThat(cancelledRan).isFalse();
    }

    @Test
    void aTimerWithoutDelayRunsInALaterTurn() {
        var order = new ArrayList<String>();
        var done = new AtomicBoolean();

        bench.run(
                loop,
                () -> {
                    loop.schedule(
                            -5,
                            () -> {
                                order.add("timer");
                                done.set(true);
                            });
                    order.add("turn");
                });

        bench.until(done::get);
        assertThat(order).containsExactly("turn", "timer");
    }

    @Test
    void aTimerIsSetOnItsOwnLoopOnly() {
        assertThatThrownBy(() -> loop.schedule(1, () -> {})).isInstanceOf(Invariant.Broken.class);
    }

    @Test
    void everyTaskKnowsWhetherItIsOnTheLoop() {
        assertThat(loop.inLoop()).isFalse();
        assertThat(bench.on(loop, loop::inLoop)).isTrue();
        assertThat(bench.on(bench.loop(1), loop::inLoop)).isFalse();
    }

    @Test
    void aHashAlwaysHasTheSameOwner() {
        var loops = bench.environment().loops();
        var owners = new AtomicInteger();
        for (int hash = -500; hash < 500; hash++) {
            assertThat(loops.ownerOf(hash)).isSameAs(loops.ownerOf(hash));
            owners.addAndGet(loops.ownerOf(hash).index());
        }
        assertThat(owners.get()).as("hashes owned by the second of two loops").isBetween(300, 700);
    }
}
