package io.tombolo.contract;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Bounded waiting for what a broker does in its own time. */
final class Eventually {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long PAUSE_NANOS = Duration.ofMillis(10).toNanos();

    private Eventually() {}

    /** Asks again and again until the answer is as wanted; the last one is named on giving up. */
    static <T> T eventually(String wanted, Supplier<T> question, Predicate<T> isWanted) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            T answer = question.get();
            if (isWanted.test(answer)) {
                return answer;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + wanted + ", last answer " + answer);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
