package io.tombolo.cli.handover;

import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Undoes what a command has begun, once, whatever way the command ends: at the end of its block,
 * with any exception, or by a signal. It keeps out of steps that run {@link #apart} from it: a
 * signal that comes meanwhile waits for the end of the step.
 */
final class Rollback implements AutoCloseable {

    private final Runnable undo;
    private final Thread hook;
    private boolean due = true;

    Rollback(Runnable undo) {
        this.undo = undo;
        this.hook = new Thread(this::undo, "rollback");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * Takes a step unless a signal has had everything undone.
     *
     * @param settled whether nothing is left to undo after this answer
     * @return the answer, empty when the step was not taken
     */
    synchronized <T> Optional<T> apart(Supplier<T> step, Predicate<T> settled) {
        if (!due) {
            return Optional.empty();
        }
        T answer = step.get();
        due = !settled.test(answer);
        return Optional.of(answer);
    }

    private synchronized void undo() {
        if (due) {
            due = false;
            undo.run();
        }
    }

    @Override
    public void close() {
        undo();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            // A signal ends the command, and the hook has run or finds nothing to undo.
        }
    }
}
