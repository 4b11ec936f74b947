package io.tombolo.cli.demo;

import io.tombolo.cli.shell.Shell;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM while a demo runs: everything is cleaned up while the process ends, and what
 * breaks in the story because of that is no failure.
 */
final class Interruption {

    /** Ctrl-C goes to the brokers as well; the story may see them end before this process does. */
    private static final Duration HEARD_MAX = Duration.ofSeconds(1);

    private final Shell shell;
    private final Stage stage;
    private final Narrator narrator;
    private final CountDownLatch begun = new CountDownLatch(1);
    private final Thread hook = new Thread(this::stop, "demo end");

    /** Listens for it from now on. */
    Interruption(Shell shell, Stage stage, Narrator narrator) {
        this.shell = shell;
        this.stage = stage;
        this.narrator = narrator;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** What happens when the process is told to end. */
    void stop() {
        begun.countDown();
        narrator.fallSilent();
        stage.close();
        shell.note("stopped: both regions ended, " + stage.site().folder() + " deleted");
    }

    /** Whether the process is about to end; waits a moment for a signal that is on its way. */
    boolean happened() {
        try {
            return begun.await(HEARD_MAX.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            return begun.getCount() == 0;
        }
    }

    /** Listens no longer: the story is over. */
    void retract() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // It has happened in this very moment, and finds nothing left to do.
        }
    }
}
