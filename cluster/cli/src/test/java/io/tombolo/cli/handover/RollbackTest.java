package io.tombolo.cli.handover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

class RollbackTest {

    private final AtomicInteger undone = new AtomicInteger();

    @Test
    void anyExceptionUndoesWhatWasBegun() {
        assertThatThrownBy(
                        () -> {
                            try (var _ = new Rollback(undone::incrementAndGet)) {
                                throw new IllegalArgumentException("of a client");
                            }
                        })
                .hasMessage("of a client");

        assertThat(undone).hasValue(1);
    }

    @Test
    void whatIsSettledStays() {
        try (var rollback = new Rollback(undone::incrementAndGet)) {
            assertThat(rollback.apart(() -> "refused", "done"::equals)).hasValue("refused");
            assertThat(rollback.apart(() -> "done", "done"::equals)).hasValue("done");
        }

        assertThat(undone).hasValue(0);
    }

    @Test
    void aStepThatFailsIsUndone() {
        assertThatThrownBy(
                        () -> {
                            try (var rollback = new Rollback(undone::incrementAndGet)) {
                                rollback.apart(RollbackTest::fail, _ -> true);
                            }
                        })
                .hasMessage("no answer");

        assertThat(undone).hasValue(1);
    }

    @Test
    void afterItIsUndoneNoStepIsTakenAndNothingIsUndoneAgain() {
        var taken = new AtomicInteger();
        var rollback = new Rollback(undone::incrementAndGet);
        rollback.close();

        assertThat(rollback.apart(taken::incrementAndGet, _ -> true)).isEmpty();
        rollback.close();

        assertThat(taken).hasValue(0);
        assertThat(undone).hasValue(1);
    }

    @Test
    void whoeverEndsTheCommandMeanwhileWaitsForTheStep() throws Exception {
        var rollback = new Rollback(undone::incrementAndGet);
        var begun = new CountDownLatch(1);
        Thread ending =
                Thread.ofVirtual()
                        .unstarted(() -> {
                            begun.countDown();
                            rollback.close();
                        });

        var answer =
                rollback.apart(
                        () -> {
                            ending.start();
                            awaitIt(begun);
                            return "done";
                        },
                        "done"::equals);
        ending.join();

        assertThat(answer).hasValue("done");
        assertThat(undone).hasValue(0);
    }

    private static String fail() {
        throw new IllegalStateException("no answer");
    }

    private static void awaitIt(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new IllegalStateException(stop);
        }
    }
}
