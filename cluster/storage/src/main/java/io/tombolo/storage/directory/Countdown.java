package io.tombolo.storage.directory;

/** Calls back when all that was begun is done. Confined to a loop. */
final class Countdown {

    private final Runnable done;
    private int remaining = 1;

    Countdown(Runnable done) {
        this.done = done;
    }

    /** One thing more has begun. */
    void await() {
        remaining++;
    }

    void down() {
        remaining--;
        if (remaining == 0) {
            done.run();
        }
    }

    /** All has begun. */
    void arm() {
        down();
    }
}
