package io.tombolo.environment.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.tombolo.environment.Offload;
import io.tombolo.environment.Offload.Outcome;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** What every offload does. */
public abstract class OffloadContract {

    private Bench bench;
    private Offload offload;

    protected abstract Bench bench();

    @BeforeEach
    void open() {
        bench = bench();
        offload = bench.environment().offload();
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void workOfOneLaneKeepsItsOrderAndNeverOverlaps() {
        var seen = new CopyOnWriteArrayList<Integer>();
        var running = new AtomicInteger();
        var overlaps = new AtomicInteger();

        for (int index = 0; index < 100; index++) {
            int number = index;
            offload.submit(
                    7,
                    () -> {
                        overlaps.addAndGet(running.getAndIncrement());
                        running.decrementAndGet();
                        return number;
                    },
                    bench.loop(0),
                    outcome -> seen.add(((Outcome.Done<Integer>) outcome).value()));
        }

        bench.until(() -> seen.size() == 100);
        assertThat(seen).isSorted();
        assertThat(overlaps).hasValue(0);
    }

    @Test
    void theOutcomeComesBackOnTheLoopThatWasNamed() {
        var onLoop = new CopyOnWriteArrayList<Boolean>();
        var workOnLoop = new CopyOnWriteArrayList<Boolean>();

        offload.submit(
                -3,
                () -> workOnLoop.add(bench.loop(1).inLoop()),
                bench.loop(1),
                outcome -> onLoop.add(bench.loop(1).inLoop()));

        bench.until(() -> !onLoop.isEmpty());
        assertThat(onLoop).containsExactly(true);
        assertThat(workOnLoop).containsExactly(false);
    }

    @Test
    void aFailureComesBackWithItsCause() {
        var outcomes = new CopyOnWriteArrayList<Outcome<Integer>>();
        var cause = new IOException("no");

        offload.<Integer>submit(
                1,
                () -> {
                    throw cause;
                },
                bench.loop(0),
                outcomes::add);

        bench.until(() -> !outcomes.isEmpty());
        assertThat(outcomes).containsExactly(new Outcome.Failed<>(cause));
    }
}
