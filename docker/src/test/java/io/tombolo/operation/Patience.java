package io.tombolo.operation;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Bounded waiting for what a broker does in its own time. */
final class Patience {

    private static final Duration LIMIT = Duration.ofSeconds(45);
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private Patience() {}

    /** Asserts again and again until it holds; on giving up, the last failure is thrown. */
    static void until(ThrowingCallable assertion) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                assertion.call();
                return;
            } catch (Throwable notYet) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("not in time: " + notYet.getMessage(), notYet);
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    /** Asks again and again until the answer is true. */
    static void untilTrue(String claim, Callable<Boolean> question) {
        until(() -> {
            if (!question.call()) {
                throw new AssertionError(claim);
            }
        });
    }
}
