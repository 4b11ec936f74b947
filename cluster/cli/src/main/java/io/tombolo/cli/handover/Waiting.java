package io.tombolo.cli.handover;

import java.time.Duration;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** Looks again and again, for what others bring about. */
final class Waiting {

    private static final Duration AGAIN = Duration.ofMillis(40);

    private Waiting() {}

    /** What it comes to. */
    record Seen<T>(T last, boolean reached) {}

    /**
     * Looks until something is reached, once at least, or the time is up.
     *
     * @return what was seen last
     */
    static <T> Seen<T> until(Duration patience, Supplier<T> look, Predicate<T> reached) {
        long deadline = System.nanoTime() + patience.toNanos();
        T seen = look.get();
        while (!reached.test(seen)) {
            if (System.nanoTime() - deadline > 0) {
                return new Seen<>(seen, false);
            }
            pause();
            seen = look.get();
        }
        return new Seen<>(seen, true);
    }

    static void pause() {
        try {
            Thread.sleep(AGAIN);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stop);
        }
    }
}
