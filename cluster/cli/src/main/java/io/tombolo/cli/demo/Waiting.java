package io.tombolo.cli.demo;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for something that only looking can tell. */
final class Waiting {

    private static final long LOOK_EVERY_MS = 10;

    private Waiting() {}

    /** Looks until the condition holds; throws the failure when it does not within the time. */
    static void until(
            Duration most,
            BooleanSupplier condition,
            Supplier<? extends RuntimeException> failure) {
        long deadline = System.nanoTime() + most.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw failure.get();
            }
            sleep(Duration.ofMillis(LOOK_EVERY_MS));
        }
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }
}
