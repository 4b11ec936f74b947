package io.tombolo.cli.fleet;

import io.tombolo.cli.output.Amounts;
import io.tombolo.cli.shell.Shell;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Time that a command spends waiting: its bound, and a line now and then that says what for. Quick
 * commands print nothing.
 */
final class Waiting {

    private static final Duration TELL_EVERY = Duration.ofSeconds(10);

    private final Shell shell;
    private final long startNanos = System.nanoTime();
    private final long patienceNanos;
    private long toldNanos = startNanos;

    Waiting(Shell shell, Duration patience) {
        this.shell = shell;
        this.patienceNanos = patience.toNanos();
    }

    /**
     * Whether there is time left.
     *
     * @param what is waited for; told together with the reason when it takes long
     */
    boolean goesOn(Supplier<String> what, Supplier<String> why) {
        long now = System.nanoTime();
        if (now - toldNanos >= TELL_EVERY.toNanos()) {
            toldNanos = now;
            shell.note("%s (%s): %s".formatted(what.get(), Amounts.ms(elapsedMs()), why.get()));
        }
        return now - startNanos < patienceNanos;
    }

    long elapsedMs() {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", stop);
        }
    }
}
